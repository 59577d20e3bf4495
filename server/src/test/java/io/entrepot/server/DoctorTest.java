package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.server.cli.Cli;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code entrepot doctor} asks what a node would ask, and a mirror refuses the canary. */
@Timeout(60)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class DoctorTest {

    private static final String REFUSED = "refused as a test: every mirror refuses this name (rule entrepot-canary)";

    @TempDir
    private Path root;

    private final FakeRegistry registry = FakeRegistry.start();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path node;

    @BeforeEach
    void configureContainerd() throws IOException {
        node = Files.createDirectories(root.resolve("node"));
        write("etc/containerd/config.toml", """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = "/etc/containerd/certs.d"
                """);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/library/entrepot-canary/manifests/latest?ns=docker.io",
                "/v2/library/entrepot-canary/blobs/sha256:0000000000000000000000000000000000000000000000000000000000000000?ns=docker.io",
                "/v2/docker.io/library/entrepot-canary/manifests/latest",
                "/v2/entrepot-canary/manifests/1?ns=up.corp"
            })
    void everyMirrorRefusesTheCanaryWithoutAskingAnybody(String path) throws Exception {
        try (Mirror mirror = mirror()) {
            URI uri = URI.create("http://127.0.0.1:" + mirror.port() + path);

            assertThat(RawHttp.head(uri).status()).isEqualTo(403);
            assertThat(RawHttp.head(uri).reason()).isEqualTo(REFUSED);
            assertThat(RawHttp.get(uri).text()).contains("\"DENIED\"", REFUSED);
        }
        assertThat(registry.seen()).isEmpty();
    }

    @Test
    void aNodeWithTheFilesThatEntrepotWritesIsClosed() throws Exception {
        try (Mirror mirror = mirror()) {
            run("hosts", "containerd", "--endpoint", url(mirror), "--dir", certs());

            assertThat(doctor()).isZero();
            assertThat(out.toString()).contains("docker.io              closed  asks " + url(mirror) + "\n");
        }
    }

    @Test
    void anEndpointThatDoesNotRefuseIsAWayAround() throws Exception {
        try (Mirror mirror = mirror()) {
            String other = registry.url().toString();
            run("hosts", "containerd", "--endpoint", other, "--endpoint", url(mirror), "--dir", certs());

            assertThat(doctor()).isEqualTo(1);
            assertThat(out.toString())
                    .contains("docker.io              OPEN    asks " + other + ", then " + url(mirror))
                    .contains("1. open " + other + ": it answers 404 to what every mirror refuses");
        }
    }

    @Test
    void whatCannotBeAskedIsNotCalledClosed() throws Exception {
        registry.stop();
        run("hosts", "containerd", "--endpoint", registry.url().toString(), "--dir", certs());

        assertThat(doctor("--output", "json")).isEqualTo(1);
        assertThat(out.toString())
                .contains("\"closed\":false", "\"state\":\"unsure\"", "it cannot be asked: Connection refused");
    }

    @Test
    void podmanIsAskedForAsItAsks() throws Exception {
        try (Mirror mirror = mirror()) {
            run(
                    "hosts",
                    "podman",
                    "--endpoint",
                    url(mirror),
                    "--dir",
                    node.resolve("etc/containers").toString());

            doctor("--runtime", "podman");
            assertThat(out.toString())
                    .contains("docker.io              closed  asks 127.0.0.1:" + mirror.port() + "/docker.io\n")
                    .contains("any other              OPEN ");
        }
    }

    @Test
    void whatIsNoRuntimeIsUsage() {
        assertThat(doctor("--runtime", "rkt")).isEqualTo(2);
        assertThat(doctor("--release", "rkt=1")).isEqualTo(2);
        assertThat(doctor("--release", "docker=abc")).isEqualTo(2);
        assertThat(err.toString())
                .contains("runtime: [rkt] (expected: of [containerd, docker, podman, k3s, rke2])")
                .contains("--release: abc (expected: a version, as in containerd=1.7.24 or docker=29.0)");
    }

    @Test
    void aNodeThatIsNotThereIsUsage() {
        Path nothing = root.resolve("nothing");

        assertThat(run("doctor", "--root", nothing.toString())).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo("entrepot: --root: " + nothing + " does not exist (expected: where the node's files are)\n");
    }

    /** An upgraded daemon goes on with the images that it has. */
    @Test
    void aDockerdThatHadAStoreOfItsOwnMayHaveItStill() throws Exception {
        try (Mirror mirror = mirror()) {
            String certs = node.resolve("etc/docker/certs.d").toString();
            run("hosts", "containerd", "--endpoint", url(mirror), "--dir", certs);
            String[] docker = {"--runtime", "docker", "--release", "docker=29.0"};
            write("etc/docker/daemon.json", "{}");
            assertThat(doctor(docker)).as(out.toString()).isZero();

            Files.createDirectories(node.resolve("var/lib/docker/image/overlay2"));
            assertThat(doctor(docker)).isEqualTo(1);
            assertThat(out.toString())
                    .contains("docker.io              UNSURE  asks " + url(mirror))
                    .contains("unsure /var/lib/docker/image/overlay2: dockerd had an image store of its own")
                    .contains("fix: say which store it is: \"features\": { \"containerd-snapshotter\": true }");

            write("etc/docker/daemon.json", "{ \"features\": { \"containerd-snapshotter\": true } }");
            assertThat(doctor(docker)).as(out.toString()).isZero();
        }
    }

    @Test
    void aLocationOfWhichPodmanMakesNoReferenceIsBroken() throws Exception {
        write("etc/containers/registries.conf", """
                [[registry]]
                prefix = "registry.corp:5000"
                location = "mirror.corp:5000/registry.corp:5000"
                """);

        assertThat(doctor("--runtime", "podman")).isEqualTo(1);
        assertThat(out.toString())
                .contains("registry.corp:5000     UNSURE  nobody is asked")
                .contains(
                        "broken /etc/containers/registries.conf: nothing of registry.corp:5000 is pulled: its location"
                                + " mirror.corp:5000/registry.corp:5000 makes a reference with a port in its path, which is none");
    }

    private Mirror mirror() throws Exception {
        return TestConfig.under(
                        root,
                        "upstreams: { docker.io: {}, up.corp: { url: \"" + registry.url() + "\", internal: true } }")
                .start();
    }

    private static String url(Mirror mirror) {
        return "http://127.0.0.1:" + mirror.port();
    }

    private String certs() {
        return node.resolve("etc/containerd/certs.d").toString();
    }

    private void write(String path, String text) throws IOException {
        Path file = node.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private int doctor(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("doctor", "--root", node.toString(), "--registry", "docker.io"));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        return new Cli((config, file, self) -> 0)
                .out(new PrintWriter(out, true))
                .err(new PrintWriter(err, true))
                .run(arguments);
    }
}
