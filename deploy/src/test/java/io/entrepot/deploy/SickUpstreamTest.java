package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.deploy.Command.Outcome;
import io.entrepot.deploy.FaultyLink.Trouble;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real clients pull from a mirror whose real upstream is cut, slowed, limited, hanging and killed: what is held is pulled as
 * ever, by clients that never saw it; what is not held fails in time, with the reason; and when the upstream is well again,
 * it is asked again.
 */
@Timeout(300)
class SickUpstreamTest {

    private static final String HELD = "docker.io/library/busybox:1";
    private static final String NOT_HELD = "docker.io/library/busybox:2";

    @TempDir
    Path dir;

    private RealRegistry upstream;
    private FaultyLink link;
    private PackagedMirror mirror;

    @BeforeEach
    void start() throws Exception {
        upstream = RealRegistry.start(dir.resolve("upstream"));
        Images.pushBusybox(dir, upstream.host() + "/library/busybox:1");
        String one = upstream.host() + "/library/busybox:1";
        Images.crane("mutate", "--insecure", "--label", "two=2", "-t", upstream.host() + "/library/busybox:2", one)
                .run();
        link = FaultyLink.to(upstream);
        mirror = PackagedMirror.start(
                dir.resolve("mirror"),
                "docker.io: { url: \"" + link.url() + "\", internal: true,"
                        + " deadlines: { connect: 1s, headers: 2s, idle: 2s } }",
                "tags: [ { match: \"**\", fresh: 0s, stale: 1h, wait: 500ms } ]");
    }

    @AfterEach
    void stop() throws Exception {
        mirror.close();
        link.close();
        upstream.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"CUT", "HANGING"})
    void isFeltByNobodyWhoPullsWhatIsHeldByContainerd(Trouble trouble) throws Exception {
        isNotFeltByContainerd(trouble);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "CUT", "HANGING"})
    void norAreOtherTroubles(Trouble trouble) throws Exception {
        isNotFeltByContainerd(trouble);
    }

    private void isNotFeltByContainerd(Trouble trouble) throws Exception {
        Path hosts = dir.resolve("certs.d");
        PackagedMirror.entrepot("hosts", "containerd", "--dir", hosts, "--endpoint", mirror.url())
                .run();
        pullsByContainerd(hosts, HELD);
        link.is(trouble);

        pullsByContainerd(hosts, HELD);
        pullsByContainerd(hosts, HELD);
        try (Containerd containerd = Containerd.start(Containerd.Release.V2_1)) {
            Outcome failed = containerd.pull(hosts, NOT_HELD);
            assertThat(failed.succeeded()).isFalse();
            assertThat(failed.output()).contains("503");
        }
        link.is(Trouble.NONE);
        pullsInTheEnd(hosts, NOT_HELD);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void isFeltByNobodyWhoPullsWhatIsHeldByPodman(Trouble trouble) throws Exception {
        PackagedMirror.entrepot("hosts", "podman", "--endpoint", mirror.url(), "--dir", dir.resolve("podman"))
                .run();
        String registries = Files.readString(dir.resolve("podman/registries.conf.d/050-entrepot.conf"));
        pullsByPodman(registries);
        link.is(trouble);

        pullsByPodman(registries);
        try (Podman podman = Podman.create(registries)) {
            Outcome failed = podman.podman("pull", NOT_HELD).attempt();
            assertThat(failed.succeeded()).isFalse();
            assertThat(failed.output()).contains("upstream");
        }
    }

    private static void pullsByContainerd(Path hosts, String image) throws Exception {
        try (Containerd neverSawIt = Containerd.start(Containerd.Release.V2_1)) {
            Outcome pulled = neverSawIt.pull(hosts, image);
            assertThat(pulled.succeeded()).as(pulled.output()).isTrue();
            assertThat(neverSawIt.run(image, "/bin/busybox", "echo", "hello")).contains("hello");
        }
    }

    private static void pullsByPodman(String registries) throws Exception {
        try (Podman neverSawIt = Podman.create(registries)) {
            neverSawIt.podman("pull", HELD).run();
        }
    }

    /** A limit or a breaker lets nobody by for some seconds more. */
    private static void pullsInTheEnd(Path hosts, String image) throws Exception {
        try (Containerd containerd = Containerd.start(Containerd.Release.V2_1)) {
            Outcome pulled = containerd.pull(hosts, image);
            while (!pulled.succeeded()) {
                pulled = containerd.pull(hosts, image);
            }
        }
    }
}
