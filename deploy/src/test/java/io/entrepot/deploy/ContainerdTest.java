package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.deploy.Running.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** containerd pulls through the files that {@code entrepot hosts containerd} wrote. */
class ContainerdTest {

    private static final String IMAGE = "docker.io/library/busybox:1";

    @ParameterizedTest
    @EnumSource
    void pullsAndRunsAndPullsAgainWithTheUpstreamStopped(Containerd.Release release, @TempDir Path dir)
            throws Exception {
        try (RealRegistry upstream = RealRegistry.start(dir.resolve("upstream"));
                PackagedMirror mirror = PackagedMirror.start(
                        dir.resolve("mirror"), "docker.io: { url: \"" + upstream.url() + "\", internal: true }")) {
            Images.pushBusybox(dir, upstream.host(), "library/busybox:1");
            Path hosts = dir.resolve("certs.d");
            PackagedMirror.command("hosts", "containerd", "--endpoint", mirror.url(), "--dir", hosts.toString());

            try (Containerd containerd = Containerd.start(release)) {
                assertWorks(containerd.pull(hosts, IMAGE));
                assertThat(containerd
                                .run(IMAGE, "/bin/busybox", "echo", "hello")
                                .output())
                        .contains("hello");
            }
            upstream.stop();
            try (Containerd neverSawIt = Containerd.start(release)) {
                assertWorks(neverSawIt.pull(hosts, IMAGE));
                assertThat(neverSawIt
                                .run(IMAGE, "/bin/busybox", "echo", "again")
                                .output())
                        .contains("again");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsWhyAPullIsRefused(Containerd.Release release, @TempDir Path dir) throws Exception {
        try (PackagedMirror mirror = PackagedMirror.start(
                        dir.resolve("mirror"), "docker.io: { url: \"http://127.0.0.1:9\", internal: true }");
                Containerd containerd = Containerd.start(release)) {
            Path hosts = dir.resolve("certs.d");
            PackagedMirror.command("hosts", "containerd", "--endpoint", mirror.url(), "--dir", hosts.toString());

            Outcome refused = containerd.pull(hosts, "registry.example/team/app:1");

            assertThat(refused.status()).isNotZero();
            assertThat(refused.output()).contains("403 registry.example is not an upstream of this mirror");
        }
    }

    private static void assertWorks(Outcome outcome) {
        assertThat(outcome.status()).as(outcome.output()).isZero();
    }
}
