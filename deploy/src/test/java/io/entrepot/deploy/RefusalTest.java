package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.deploy.Command.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What policy refuses no client gets, and its user reads why: in a pod's event, or on a terminal. */
class RefusalTest {

    private static final String POLICY = """
            policy:
              default: allow
              rules:
                - name: no-latest
                  match: { repositories: ["docker.io/**"], tags: [latest] }
                  deny: "use a version instead of {image}"
                - name: one-layer-less
                  match: { tags: [large] }
                  require: { max-size: 1KiB }
            """;

    private static final String WORDS = "use a version instead of docker.io/library/busybox:latest (rule no-latest)";

    @TempDir
    Path dir;

    private RealRegistry upstream;
    private PackagedMirror mirror;

    @BeforeEach
    void start() throws Exception {
        upstream = RealRegistry.start(dir.resolve("upstream"));
        String image = upstream.host() + "/library/busybox:";
        Images.pushBusybox(dir, image + "1");
        Images.crane("tag", "--insecure", image + "1", "latest").run();
        Images.crane("tag", "--insecure", image + "1", "large").run();
        mirror = PackagedMirror.ofDockerHubUnder(POLICY, dir.resolve("mirror"), upstream.url());
    }

    @AfterEach
    void stop() {
        mirror.close();
        upstream.close();
    }

    @ParameterizedTest
    @EnumSource
    void containerdShowsTheRulesWords(Containerd.Release release) throws Exception {
        try (Containerd containerd = Containerd.start(release)) {
            assertRefused(containerd.pull(hosts(), "docker.io/library/busybox:latest"), WORDS);
            assertRefused(containerd.pull(hosts(), "docker.io/library/busybox:large"), "one-layer-less");
            Outcome allowed = containerd.pull(hosts(), "docker.io/library/busybox:1");
            assertThat(allowed.succeeded()).as(allowed.output()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void thePodsEventHasTheRulesWords(Containerd.Release release) throws Exception {
        try (Containerd containerd = Containerd.startForKubelet(release, hosts())) {
            assertRefused(containerd.pullAsKubelet("docker.io/library/busybox:latest"), WORDS);
            assertThat(containerd.imageStatus("docker.io/library/busybox:latest"))
                    .contains("absent");
        }
    }

    @Test
    void dockerShowsTheRulesWords() throws Exception {
        try (Dockerd dockerd = Dockerd.start()) {
            Outcome refused = dockerd.docker("pull", mirror.host() + "/docker.io/library/busybox:latest")
                    .attempt();

            assertRefused(refused, WORDS);
            assertThat(dockerd.docker("images", "-q").run()).isBlank();
        }
    }

    @Test
    void podmanAndSkopeoShowTheRulesWords() throws Exception {
        PackagedMirror.entrepot("hosts", "podman", "--endpoint", mirror.url(), "--dir", dir.resolve("containers"))
                .run();
        String registries = Files.readString(dir.resolve("containers/registries.conf.d/050-entrepot.conf"));
        try (Podman podman = Podman.create(registries)) {
            assertRefused(
                    podman.podman("pull", "docker.io/library/busybox:latest").attempt(), WORDS);
        }
        assertRefused(
                Skopeo.in(dir)
                        .skopeo(
                                "inspect",
                                "--tls-verify=false",
                                "docker://" + mirror.host() + "/docker.io/library/busybox:latest")
                        .attempt(),
                WORDS);
    }

    private Path hosts() throws Exception {
        Path hosts = dir.resolve("certs.d");
        PackagedMirror.entrepot("hosts", "containerd", "--dir", hosts, "--endpoint", mirror.url())
                .run();
        return hosts;
    }

    private static void assertRefused(Outcome outcome, String words) {
        assertThat(outcome.succeeded()).as(outcome.output()).isFalse();
        assertThat(outcome.output()).contains(words);
    }
}
