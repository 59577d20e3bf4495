package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.deploy.Command.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** containerd pulls through the files that {@code entrepot hosts containerd} wrote. */
class ContainerdTest {

    private static final String IMAGE = "docker.io/library/busybox:1";

    @TempDir
    Path dir;

    private RealRegistry upstream;

    @BeforeEach
    void start() throws Exception {
        upstream = RealRegistry.start(dir.resolve("upstream"));
        Images.pushBusybox(dir, upstream.host() + "/library/busybox:1");
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    @ParameterizedTest
    @EnumSource
    void pullsAndRunsAndPullsAgainWithTheUpstreamStopped(Containerd.Release release) throws Exception {
        try (PackagedMirror mirror = PackagedMirror.ofDockerHub(dir.resolve("mirror"), upstream.url())) {
            Path hosts = hosts("--endpoint", mirror.url());
            try (Containerd containerd = Containerd.start(release)) {
                assertWorks(containerd.pull(hosts, IMAGE));
                assertThat(containerd.run(IMAGE, "/bin/busybox", "echo", "hello"))
                        .contains("hello");
            }
            upstream.stop();
            try (Containerd neverSawIt = Containerd.start(release)) {
                assertWorks(neverSawIt.pull(hosts, IMAGE));
                assertThat(neverSawIt.run(IMAGE, "/bin/busybox", "echo", "again"))
                        .contains("again");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void trustsTheAuthorityThatCameWithTheFiles(Containerd.Release release) throws Exception {
        try (PackagedMirror mirror = PackagedMirror.ofDockerHubWithTls(dir.resolve("mirror"), upstream.url());
                Containerd containerd = Containerd.start(release)) {
            Path hosts = hosts("--endpoint", mirror.url(), "--ca", mirror.authority());

            assertWorks(containerd.pull(hosts, IMAGE));
        }
    }

    @ParameterizedTest
    @EnumSource
    void asksTheSecondEndpointWhenTheFirstIsDown(Containerd.Release release) throws Exception {
        try (PackagedMirror mirror = PackagedMirror.ofDockerHub(dir.resolve("mirror"), upstream.url());
                Containerd containerd = Containerd.start(release)) {
            Path hosts = hosts("--endpoint", "http://127.0.0.1:" + Ports.free(), "--endpoint", mirror.url());

            assertWorks(containerd.pull(hosts, IMAGE));
        }
    }

    /** With the files' own refusal to go around the mirror, and no restart of the node's containerd. */
    @Test
    void pullsAgainOnceTheOnlyMirrorIsBack() throws Exception {
        try (PackagedMirror mirror = PackagedMirror.ofDockerHub(dir.resolve("mirror"), upstream.url());
                Containerd containerd = Containerd.start(Containerd.Release.V2_1)) {
            Path hosts = hosts("--endpoint", mirror.url());
            long asked = upstream.requests();
            mirror.terminate();

            Outcome refused = containerd.pull(hosts, IMAGE);
            assertThat(refused.succeeded()).isFalse();
            assertThat(refused.output()).contains("connection refused");
            assertThat(upstream.requests()).isEqualTo(asked);

            mirror.restart();

            assertWorks(containerd.pull(hosts, IMAGE));
            assertThat(containerd.run(IMAGE, "/bin/busybox", "echo", "back")).contains("back");
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsWhyAPullIsRefused(Containerd.Release release) throws Exception {
        try (PackagedMirror mirror = PackagedMirror.ofDockerHub(dir.resolve("mirror"), upstream.url());
                Containerd containerd = Containerd.start(release)) {
            Outcome refused = containerd.pull(hosts("--endpoint", mirror.url()), "registry.example/team/app:1");

            assertThat(refused.succeeded()).isFalse();
            assertThat(refused.output()).contains("403 registry.example is not an upstream of this mirror");
        }
    }

    /** The registry is reachable for the node, and no upstream of the mirror. */
    @ParameterizedTest
    @EnumSource
    void doesNotGoAroundARefusal(Containerd.Release release) throws Exception {
        String image = upstream.host() + "/library/busybox:1";
        try (PackagedMirror mirror = PackagedMirror.ofDockerHub(dir.resolve("mirror"), upstream.url());
                Containerd containerd = Containerd.start(release)) {
            long asked = upstream.requests();
            Path hosts = hosts("--endpoint", mirror.url());

            assertThat(containerd.pull(hosts, image).succeeded()).isFalse();
            mirror.terminate();
            assertThat(containerd.pull(hosts, image).succeeded()).isFalse();
            assertThat(upstream.requests()).isEqualTo(asked);
            assertWorks(containerd.pullDirectly(image));
        }
    }

    private Path hosts(Object... options) throws Exception {
        Path hosts = dir.resolve("certs.d");
        PackagedMirror.entrepot("hosts", "containerd", "--dir", hosts)
                .with(options)
                .run();
        return hosts;
    }

    private static void assertWorks(Outcome outcome) {
        assertThat(outcome.succeeded()).as(outcome.output()).isTrue();
    }
}
