package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that name the mirror in the reference or have it in their own files: skopeo, podman, buildah, dockerd. */
class OtherClientsTest {

    @TempDir
    Path dir;

    private RealRegistry upstream;
    private PackagedMirror mirror;
    private String image;

    @BeforeEach
    void start() throws Exception {
        upstream = RealRegistry.start(dir.resolve("upstream"));
        mirror = PackagedMirror.ofDockerHub(dir.resolve("mirror"), upstream.url());
        Images.pushBusybox(dir, upstream.host() + "/library/busybox:1");
        image = mirror.host() + "/docker.io/library/busybox:1";
    }

    @AfterEach
    void stop() {
        mirror.close();
        upstream.close();
    }

    @Test
    void skopeoCopiesWhatTheUpstreamHas() throws Exception {
        Skopeo skopeo = Skopeo.in(dir);
        skopeo.copy(upstream.host() + "/library/busybox:1", dir.resolve("original"));
        skopeo.copy(image, dir.resolve("copy"));

        assertThat(dir.resolve("copy/manifest.json")).hasSameBinaryContentAs(dir.resolve("original/manifest.json"));
    }

    @Test
    void skopeoInspects() throws Exception {
        assertThat(Skopeo.in(dir)
                        .skopeo("inspect", "--tls-verify=false", "docker://" + image)
                        .run())
                .contains("\"RepoTags\"", "\"1\"", "\"Os\": \"linux\"");
    }

    @Test
    void podmanPullsAndRuns() throws Exception {
        try (Podman podman = Podman.create()) {
            podman.podman("pull", "--tls-verify=false", image).run();

            assertThat(podman.podman("run", "--rm", "--network", "none", image, "-c", "echo hi from podman")
                            .run())
                    .contains("hi from podman");
        }
    }

    @Test
    void podmanPullsThroughTheFileThatIsMadeForItAndNotAroundIt() throws Exception {
        try (Podman podman = Podman.create(registries())) {
            podman.podman("pull", "docker.io/library/busybox:1").run();
            Command.Outcome refused =
                    podman.podman("pull", "quay.io/team/app:1").attempt();

            assertThat(refused.succeeded()).isFalse();
            assertThat(refused.output()).contains("quay.io is not an upstream of this mirror");
        }
    }

    @Test
    void buildahPullsThroughTheFileThatIsMadeForPodmanAndBuilds() throws Exception {
        Path context = Files.createDirectories(dir.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), """
                FROM docker.io/library/busybox:1
                RUN echo built > /built && cat /built
                """);
        try (Podman podman = Podman.create(registries())) {
            podman.buildah("pull", "docker.io/library/busybox:1").run();

            assertThat(podman.buildah("bud", "--isolation=chroot", "--tag=app:1", context)
                            .run())
                    .contains("built");
            assertThat(mirror.log()).contains("/v2/docker.io/library/busybox/manifests/");
        }
    }

    @Test
    void dockerdHasItAsItsRegistryMirror() throws Exception {
        PackagedMirror.entrepot("hosts", "docker", "--endpoint", mirror.url(), "--dir", dir.resolve("docker"))
                .run();
        try (Dockerd dockerd = Dockerd.start(Files.readString(dir.resolve("docker/daemon.json")))) {
            dockerd.docker("pull", "busybox:1").run();

            assertThat(mirror.log()).contains("/v2/library/busybox/manifests/");
        }
    }

    @Test
    void dockerdPullsAndRuns() throws Exception {
        try (Dockerd dockerd = Dockerd.start()) {
            dockerd.docker("pull", image).run();

            assertThat(dockerd.docker("run", "--rm", "--network", "none", image, "-c", "echo hi from docker")
                            .run())
                    .contains("hi from docker");
        }
    }

    /** The file of {@code entrepot hosts podman}. */
    private String registries() throws Exception {
        PackagedMirror.entrepot("hosts", "podman", "--endpoint", mirror.url(), "--dir", dir.resolve("containers"))
                .run();
        return Files.readString(dir.resolve("containers/registries.conf.d/050-entrepot.conf"));
    }
}
