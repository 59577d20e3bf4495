package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.cli.Cli;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code entrepot doctor} trusts whom the node trusts. */
@Timeout(60)
class DoctorTlsTest {

    @TempDir
    private Path root;

    private final StringWriter out = new StringWriter();

    @Test
    void theAuthorityBesideTheFilesIsTrusted() throws Exception {
        Path node = root.resolve("node/etc/containerd");
        Files.createDirectories(node);
        Files.writeString(node.resolve("config.toml"), """
                version = 3
                [plugins."io.containerd.cri.v1.images".registry]
                  config_path = "/etc/containerd/certs.d"
                """);
        TestConfig config = TestConfig.under(root, "upstreams: { docker.io: {} }");
        try (Mirror mirror = Mirror.start(config.load(), new Mirror.Options(config.file(), true, log -> {}))) {
            String url = "https://127.0.0.1:" + mirror.port();
            String authority = config.data().resolve("tls/ca.pem").toString();
            String certs = node.resolve("certs.d").toString();
            run("hosts", "containerd", "--endpoint", url, "--ca", authority, "--dir", certs);
            assertThat(doctor()).as(out.toString()).isZero();

            Files.delete(node.resolve("certs.d/docker.io/mirror-ca.crt"));
            assertThat(doctor()).isEqualTo(1);
            assertThat(out.toString())
                    .contains("docker.io              UNSURE", "it cannot be asked: ", "mirror-ca.crt");
        }
    }

    private int doctor() {
        return run("doctor", "--root", root.resolve("node").toString(), "--registry", "docker.io");
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        return new Cli((config, file, self) -> 0)
                .out(new PrintWriter(out, true))
                .run(arguments);
    }
}
