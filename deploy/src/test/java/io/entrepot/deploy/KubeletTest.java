package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.deploy.Command.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kubelet's own calls on a containerd whose {@code config_path} is what {@code entrepot hosts containerd} wrote. */
@Tag("long")
class KubeletTest {

    private static final String IMAGE = "docker.io/library/busybox:1";
    private static final String PASSWORD = "password-of-a-pull-secret";

    @TempDir
    Path dir;

    private RealRegistry upstream;
    private PackagedMirror mirror;
    private Path hosts;

    @BeforeEach
    void start() throws Exception {
        upstream = RealRegistry.start(dir.resolve("upstream"));
        Images.pushBusybox(dir, upstream.host() + "/library/busybox:1");
        mirror = PackagedMirror.ofDockerHub(dir.resolve("mirror"), upstream.url());
        hosts = dir.resolve("certs.d");
        PackagedMirror.entrepot("hosts", "containerd", "--dir", hosts, "--endpoint", mirror.url())
                .run();
    }

    @AfterEach
    void stop() {
        mirror.close();
        upstream.close();
    }

    @ParameterizedTest
    @EnumSource
    void pullsAndFindsTheImage(Containerd.Release release) throws Exception {
        try (Containerd containerd = Containerd.startForKubelet(release, hosts)) {
            assertThat(containerd.imageStatus(IMAGE)).contains("absent");

            Outcome pulled = containerd.pullAsKubelet(IMAGE);

            assertThat(pulled.succeeded()).as(pulled.output()).isTrue();
            assertThat(containerd.imageStatus(IMAGE))
                    .contains(IMAGE)
                    .contains(pulled.output().strip());
            assertThat(mirror.log()).contains("/v2/library/busybox/manifests/1?ns=docker.io");
        }
    }

    /** A pod's pull secret names no server, so containerd holds it ready for whoever asks for it: the mirror does not. */
    @ParameterizedTest
    @EnumSource
    void pullsWithASecretThatGoesNowhere(Containerd.Release release) throws Exception {
        try (Containerd containerd = Containerd.startForKubelet(release, hosts)) {
            Outcome pulled = containerd.pullAsKubelet(IMAGE, "somebody", PASSWORD);

            assertThat(pulled.succeeded()).as(pulled.output()).isTrue();
            assertThat(containerd.imageStatus(IMAGE)).contains(IMAGE);
            assertThat(mirror.log()).doesNotContain(PASSWORD);
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsInThePodsEventWhyAPullIsRefused(Containerd.Release release) throws Exception {
        try (Containerd containerd = Containerd.startForKubelet(release, hosts)) {
            Outcome refused = containerd.pullAsKubelet("registry.example/team/app:1");

            assertThat(refused.succeeded()).isFalse();
            assertThat(refused.output()).contains("403 registry.example is not an upstream of this mirror");
            assertThat(containerd.imageStatus("registry.example/team/app:1")).contains("absent");
        }
    }
}
