package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.deploy.Command.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A real docker-registry behind a token server, with a mirror before it that has no login: real clients bring theirs, and are
 * given what the registry lets them read, also once it is cached and the registry is gone.
 */
class PassThroughClientsTest {

    private static final String PRIVATE = "docker.io/team/busybox:1";
    private static final String PUBLIC = "docker.io/open/busybox:1";
    private static final String LOGIN = TokenServer.USER + ":" + TokenServer.PASSWORD;

    @TempDir
    Path dir;

    private TokenServer tokens;
    private RealRegistry upstream;
    private PackagedMirror mirror;

    @BeforeEach
    void start() throws Exception {
        tokens = TokenServer.start(dir);
        try (RealRegistry open = RealRegistry.start(dir.resolve("upstream"))) {
            Images.pushBusybox(dir, open.host() + "/team/busybox:1");
            Images.crane("copy", "--insecure", open.host() + "/team/busybox:1", open.host() + "/open/busybox:1")
                    .run();
        }
        upstream = RealRegistry.start(dir.resolve("upstream"), tokens.registryConfig());
        mirror = PackagedMirror.start(
                dir.resolve("mirror"),
                "docker.io: { url: \"%s\", internal: true, token-hosts: [\"127.0.0.1:%d\"], auth: pass-through }"
                        .formatted(upstream.url(), tokens.port()));
    }

    @AfterEach
    void stop() {
        mirror.close();
        upstream.close();
        tokens.close();
    }

    @ParameterizedTest
    @EnumSource
    void ctrBringsItsLoginAndNobodyElseIsGivenWhatItPulled(Containerd.Release release) throws Exception {
        Path hosts = hosts();
        try (Containerd containerd = Containerd.start(release)) {
            assertRefused(containerd.pull(hosts, PRIVATE));
            assertRefused(containerd.pullAs("puller:wrong", hosts, PRIVATE));
            assertWorks(containerd.pullAs(LOGIN, hosts, PRIVATE));
            containerd.remove(PRIVATE);
            assertRefused(containerd.pull(hosts, PRIVATE));

            upstream.stop();

            assertWorks(containerd.pullAs(LOGIN, hosts, PRIVATE));
            containerd.remove(PRIVATE);
            assertRefused(containerd.pull(hosts, PRIVATE));
        }
        assertThat(mirror.log()).doesNotContain(TokenServer.PASSWORD);
    }

    @ParameterizedTest
    @EnumSource
    void ctrBringsAnIdentityToken(Containerd.Release release) throws Exception {
        Path hosts = hosts();
        try (Containerd containerd = Containerd.start(release)) {
            assertRefused(containerd.pullWithIdentityToken("another", hosts, PRIVATE));
            assertWorks(containerd.pullWithIdentityToken(TokenServer.IDENTITY_TOKEN, hosts, PRIVATE));
        }
    }

    @ParameterizedTest
    @EnumSource
    void publicImagesNeedNoLogin(Containerd.Release release) throws Exception {
        try (Containerd containerd = Containerd.start(release)) {
            assertWorks(containerd.pull(hosts(), PUBLIC));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void aKubeletWithThePodsSecret(Containerd.Release release) throws Exception {
        try (Containerd containerd = Containerd.startForKubelet(release, hosts())) {
            assertRefused(containerd.pullAsKubelet(PRIVATE));
            assertWorks(containerd.pullAsKubelet(PRIVATE, TokenServer.USER, TokenServer.PASSWORD));
            assertWorks(containerd.pullAsKubelet(PUBLIC));
        }
    }

    @Test
    void skopeoWithCredentials() throws Exception {
        String image = "docker://" + mirror.host() + "/" + PRIVATE;
        Skopeo skopeo = Skopeo.in(dir);

        Outcome refused =
                skopeo.skopeo("inspect", "--raw", "--tls-verify=false", image).attempt();
        skopeo.skopeo("copy", "--src-creds=" + LOGIN, "--src-tls-verify=false", image, "dir:" + dir.resolve("copy"))
                .run();
        skopeo.copy(mirror.host() + "/" + PUBLIC, dir.resolve("open"));

        assertRefused(refused);
    }

    @Test
    void podmanThatLoggedIn() throws Exception {
        String image = mirror.host() + "/" + PRIVATE;
        try (Podman podman = Podman.create()) {
            assertRefused(podman.podman("pull", "--tls-verify=false", image).attempt());
            podman.podman(
                            "login",
                            "--tls-verify=false",
                            "-u",
                            TokenServer.USER,
                            "-p",
                            TokenServer.PASSWORD,
                            mirror.host())
                    .run();
            podman.podman("pull", "--tls-verify=false", image).run();
            podman.podman("pull", "--tls-verify=false", mirror.host() + "/" + PUBLIC)
                    .run();
        }
    }

    @Test
    void dockerThatLoggedIn() throws Exception {
        String image = mirror.host() + "/" + PRIVATE;
        try (Dockerd dockerd = Dockerd.start()) {
            assertRefused(dockerd.docker("pull", image).attempt());
            dockerd.docker("login", "-u", TokenServer.USER, "-p", TokenServer.PASSWORD, mirror.host())
                    .run();
            dockerd.docker("pull", image).run();
            dockerd.docker("pull", mirror.host() + "/" + PUBLIC).run();
        }
    }

    private Path hosts() throws Exception {
        Path hosts = dir.resolve("certs.d");
        PackagedMirror.entrepot("hosts", "containerd", "--dir", hosts, "--endpoint", mirror.url())
                .run();
        return hosts;
    }

    private static void assertWorks(Outcome pull) {
        assertThat(pull.succeeded()).as(pull.output()).isTrue();
    }

    private static void assertRefused(Outcome pull) {
        assertThat(pull.succeeded()).as(pull.output()).isFalse();
        assertThat(pull.output()).containsAnyOf("docker.io", "401", "403", "denied", "unauthorized");
    }
}
