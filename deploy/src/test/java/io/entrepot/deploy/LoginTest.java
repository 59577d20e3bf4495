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

/** What is for some alone is pulled by real clients that log in, each in its way, and by no other. */
class LoginTest {

    private static final String PASSWORD = "U*U";

    /** Of that password, by OpenBSD. */
    private static final String HASH = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    private static final String IMAGE = "docker.io/team-a/busybox:1";
    private static final String OPEN = "docker.io/library/busybox:1";

    @TempDir
    Path dir;

    private RealRegistry upstream;
    private PackagedMirror mirror;

    @BeforeEach
    void start() throws Exception {
        upstream = RealRegistry.start(dir.resolve("upstream"));
        Images.pushBusybox(dir, upstream.host() + "/team-a/busybox:1");
        Images.crane(
                        "copy",
                        "--insecure",
                        upstream.host() + "/team-a/busybox:1",
                        upstream.host() + "/library/busybox:1")
                .run();
        Path users = Files.writeString(dir.resolve("users"), "alice:" + HASH + "\n");
        mirror = PackagedMirror.ofDockerHubUnder("""
                access:
                  htpasswd: %s
                  nodes: true
                  rights:
                    - { repositories: ["docker.io/team-a/*"], read: [{ users: [alice, "node:*"] }] }
                """.formatted(users), dir.resolve("mirror"), upstream.url());
    }

    @AfterEach
    void stop() {
        mirror.close();
        upstream.close();
    }

    @ParameterizedTest
    @EnumSource
    void ctrWithAUser(Containerd.Release release) throws Exception {
        Path hosts = hosts("plain");
        try (Containerd containerd = Containerd.start(release)) {
            assertWorks(containerd.pullAs("alice:" + PASSWORD, hosts, IMAGE));
            assertThat(mirror.log())
                    .contains("method=POST target=/token", "status=200")
                    .doesNotContain(PASSWORD);
        }
    }

    @ParameterizedTest
    @EnumSource
    void ctrWithoutOneIsToldWhatItNeeds(Containerd.Release release) throws Exception {
        Path hosts = hosts("plain");
        try (Containerd containerd = Containerd.start(release)) {
            Outcome refused = containerd.pull(hosts, IMAGE);
            Outcome wrong = containerd.pullAs("alice:wrong", hosts, IMAGE);

            assertThat(refused.succeeded()).isFalse();
            assertThat(refused.output()).contains("docker.io/team-a/busybox is for those who log in");
            assertThat(wrong.succeeded()).isFalse();
            assertThat(wrong.output()).contains("the user name or the password is wrong");
            assertWorks(containerd.pull(hosts, OPEN));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNodeByItsFiles(Containerd.Release release) throws Exception {
        Path hosts = hosts("node", "--node", "worker-1", "--config", mirror.config());
        try (Containerd containerd = Containerd.start(release)) {
            assertWorks(containerd.pull(hosts, IMAGE));
            containerd.remove(IMAGE);

            PackagedMirror.entrepot("nodes", "revoke", "worker-1", "--config", mirror.config())
                    .run();
            Outcome revoked = containerd.pull(hosts, IMAGE);

            assertThat(revoked.succeeded()).isFalse();
            assertThat(revoked.output()).contains("the credential of this node is not known here");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void aKubeletWithThePodsSecret(Containerd.Release release) throws Exception {
        Path hosts = hosts("plain");
        try (Containerd containerd = Containerd.startForKubelet(release, hosts)) {
            assertWorks(containerd.pullAsKubelet(IMAGE, "alice", PASSWORD));
            Outcome refused = containerd.pullAsKubelet("docker.io/team-a/busybox:2");

            assertThat(refused.succeeded()).isFalse();
            assertThat(refused.output()).contains("docker.io/team-a/busybox is for those who log in");
        }
    }

    @Test
    void dockerThatLoggedIn() throws Exception {
        String image = mirror.host() + "/" + IMAGE;
        try (Dockerd dockerd = Dockerd.start()) {
            Outcome before = dockerd.docker("pull", image).attempt();
            Outcome wrong = dockerd.docker("login", "-u", "alice", "-p", "wrong", mirror.host())
                    .attempt();
            dockerd.docker("login", "-u", "alice", "-p", PASSWORD, mirror.host())
                    .run();
            dockerd.docker("pull", image).run();

            assertThat(before.succeeded()).isFalse();
            assertThat(before.output()).contains("docker.io/team-a/busybox is for those who log in");
            assertThat(wrong.succeeded()).isFalse();
            assertThat(wrong.output()).contains("the user name or the password is wrong");
        }
    }

    @Test
    void dockerWithoutALoginPullsWhatIsEverybodys() throws Exception {
        try (Dockerd dockerd = Dockerd.start()) {
            dockerd.docker("pull", mirror.host() + "/" + OPEN).run();
        }
    }

    @Test
    void podmanThatLoggedIn() throws Exception {
        String image = mirror.host() + "/" + IMAGE;
        try (Podman podman = Podman.create()) {
            Outcome before = podman.podman("pull", "--tls-verify=false", image).attempt();
            podman.podman("login", "--tls-verify=false", "-u", "alice", "-p", PASSWORD, mirror.host())
                    .run();
            podman.podman("pull", "--tls-verify=false", image).run();
            podman.podman("pull", "--tls-verify=false", mirror.host() + "/" + OPEN)
                    .run();

            assertThat(before.succeeded()).isFalse();
            assertThat(before.output()).contains("docker.io/team-a/busybox is for those who log in");
        }
    }

    @Test
    void skopeoWithCredentials() throws Exception {
        String image = "docker://" + mirror.host() + "/" + IMAGE;
        Skopeo skopeo = Skopeo.in(dir);

        skopeo.skopeo(
                        "copy",
                        "--src-creds=alice:" + PASSWORD,
                        "--src-tls-verify=false",
                        image,
                        "dir:" + dir.resolve("copy"))
                .run();
        skopeo.copy(mirror.host() + "/" + OPEN, dir.resolve("open"));
        Outcome refused = skopeo.skopeo("inspect", "--tls-verify=false", image).attempt();

        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.output()).contains("is for those who log in");
    }

    private Path hosts(String name, Object... more) throws Exception {
        Path hosts = dir.resolve("certs.d-" + name);
        PackagedMirror.entrepot("hosts", "containerd", "--dir", hosts, "--endpoint", mirror.url())
                .with(more)
                .run();
        return hosts;
    }

    private static void assertWorks(Outcome pull) {
        assertThat(pull.succeeded()).as(pull.output()).isTrue();
    }
}
