package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Start and stop: everything or nothing, and in one line what is in the way. */
@Timeout(60)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class MirrorTest {

    private static final String UNREACHABLE =
            "upstreams: { registry.corp: { url: \"http://127.0.0.1:1\", internal: true } }";

    @TempDir
    private Path root;

    private TestConfig config;

    @BeforeEach
    void configure() throws Exception {
        config = TestConfig.under(root, UNREACHABLE);
    }

    @Test
    void startsAndIsReadyWithoutAnyUpstream() throws Exception {
        try (Mirror mirror = config.start()) {
            assertThat(Http.get(mirror.adminPort(), "/readyz").body()).isEqualTo("ok\n");
            assertThat(Http.get(mirror.port(), "/v2/").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void countsItsRequests() throws Exception {
        try (Mirror mirror = config.start()) {
            Http.get(mirror.port(), "/v2/");

            // a request is counted when its answer is out
            String counted = "entrepot_requests_total{kind=\"ping\",status=\"200\",cache=\"none\",} 1.0";
            while (!Http.get(mirror.adminPort(), "/metrics").body().contains(counted)) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void startsAgainOnWhatItLeft() throws Exception {
        config.start().close();

        config.start().close();

        assertThat(config.data().resolve("cache.sock")).doesNotExist();
    }

    @Test
    void namesAPortThatIsInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            writePorts(other.getLocalPort(), 0);

            assertThatThrownBy(config::start)
                    .isInstanceOf(StartException.class)
                    .hasMessage("cannot listen on 127.0.0.1:" + other.getLocalPort()
                            + " (listen): the port is in use by another process");
        }
    }

    @Test
    void nothingIsHalfStartedWhenTheAdminPortIsInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            writePorts(0, other.getLocalPort());

            assertThatThrownBy(config::start)
                    .hasMessage("cannot listen on 127.0.0.1:" + other.getLocalPort()
                            + " (admin): the port is in use by another process");
        }
        config.write(UNREACHABLE);
        config.start().close();
    }

    @Test
    void namesAStoreThatAnotherMirrorHas() throws Exception {
        try (Mirror first = config.start()) {
            assertThat(first.port()).isPositive();
            assertThatThrownBy(config::start)
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining(config.data().resolve("cache").toString());
        }
    }

    @Test
    void namesADirectoryThatIsNotOurs() throws Exception {
        Path store = Files.createDirectories(config.data().resolve("cache"));
        Files.writeString(store.resolve("photos.zip"), "somebody else's");

        assertThatThrownBy(config::start).isInstanceOf(StartException.class).hasMessageContaining(store.toString());
        assertThat(store.resolve("photos.zip")).hasContent("somebody else's");
    }

    @Test
    void namesADirectoryThatIsAFile() throws Exception {
        Files.writeString(config.data(), "a file");

        assertThatThrownBy(config::start)
                .isInstanceOf(StartException.class)
                .hasMessageContaining(config.data().toString());
    }

    @Test
    void namesAKeyThatCannotBeRead() throws Exception {
        Path certificate = Files.writeString(root.resolve("cert.pem"), "x");
        Path key = root.resolve("absent.pem");
        Files.writeString(
                config.file(),
                Files.readString(config.file())
                        .replace(
                                "port: 0 }\nadmin",
                                "port: 0, tls: { certificate: \"%s\", key: \"%s\" } }\nadmin"
                                        .formatted(certificate, key)));

        assertThatThrownBy(config::start).hasMessageContaining(key.toString());
    }

    private void writePorts(int data, int admin) throws Exception {
        Files.writeString(
                config.file(),
                Files.readString(config.file())
                        .replace("port: 0 }\nadmin", "port: " + data + " }\nadmin")
                        .replace(
                                "admin: { address: 127.0.0.1, port: 0 }",
                                "admin: { address: 127.0.0.1, port: " + admin + " }"));
    }
}
