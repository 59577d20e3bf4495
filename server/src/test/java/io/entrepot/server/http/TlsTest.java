package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.oci.Digest;
import io.entrepot.server.tls.ServerTls;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {

    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path directory;

    private ServerTls first;
    private ServerTls second;
    private volatile ServerTls now;
    private TestMirror mirror;
    private FileBody body;

    @BeforeEach
    void start() throws Exception {
        first = ServerTls.open(TestCertificate.write(directory, "first", FIRST));
        second = ServerTls.open(TestCertificate.write(directory, "second", FIRST.plusSeconds(1)));
        now = first;
        mirror = new TestMirror(Configs.LIMITS, Optional.of(() -> now.get()), List.of());
    }

    @AfterEach
    void stop() throws IOException {
        mirror.close();
        if (body != null) {
            body.file.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void carriesManifestsAndErrors(String protocol) throws Exception {
        mirror.content.manifest("docker.io/library/alpine:1");
        try (RawClient client = RawClient.over(TestCertificate.connect(mirror.port, protocol))) {
            assertThat(client.ask("GET", "/v2/library/alpine/manifests/1").text())
                    .contains("alpine:1");
            assertThat(client.ask("HEAD", "/v2/library/alpine/manifests/2").status())
                    .isEqualTo(404);
            assertThat(client.ask("PUT", "/v2/library/alpine/manifests/2").status())
                    .isEqualTo(405);
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void carriesABlobFromItsFile() throws Exception {
        byte[] bytes = new byte[5_000_000];
        new Random(2).nextBytes(bytes);
        body = new FileBody(directory.resolve("blob"), bytes);
        Digest digest = mirror.content.blob("docker.io/library/alpine", bytes, () -> body);
        try (RawClient client = RawClient.over(TestCertificate.connect(mirror.port))) {
            RawClient.Response whole = client.ask("GET", "/v2/library/alpine/blobs/" + digest);
            RawClient.Response part = client.ask("GET", "/v2/library/alpine/blobs/" + digest, "Range: bytes=70000-");

            assertThat(whole.body()).isEqualTo(bytes);
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(bytes, 70_000, bytes.length));
        }
    }

    @Test
    void cutsABlobThatIsShorterInItsFile() throws Exception {
        byte[] bytes = new byte[500_000];
        body = new FileBody(directory.resolve("blob"), bytes);
        Digest digest = mirror.content.blob("docker.io/library/alpine", bytes, () -> body);
        Files.write(directory.resolve("blob"), new byte[400_000]);
        try (RawClient client = RawClient.over(TestCertificate.connect(mirror.port))) {
            assertThat(client.ask("GET", "/v2/library/alpine/blobs/" + digest).complete())
                    .isFalse();
        }
        assertThat(mirror.exchange().complete()).isFalse();
    }

    @Test
    void refusesWhatIsOld() throws Exception {
        try (SSLSocket socket = TestCertificate.connect(mirror.port)) {
            assertThatThrownBy(() -> {
                        socket.setEnabledProtocols(new String[] {"TLSv1.1"});
                        socket.startHandshake();
                    })
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void endsForAClientThatDoesNotSpeakIt() {
        try (RawClient client = mirror.client()) {
            client.send("GET /v2/ HTTP/1.1\r\nHost: m\r\n\r\n");

            assertThat(client.rest()).doesNotContain("HTTP/1.1");
        }
    }

    @Test
    void takesANewCertificateForNewConnectionsAndEndsThoseBefore() throws Exception {
        try (SSLSocket before = TestCertificate.connect(mirror.port);
                RawClient kept = RawClient.over(before)) {
            String shown = TestCertificate.name(before);
            now = second;
            try (SSLSocket after = TestCertificate.connect(mirror.port)) {
                assertThat(shown).isEqualTo("CN=first");
                assertThat(TestCertificate.name(after)).isEqualTo("CN=second");
            }

            assertThat(kept.ask("GET", "/v2/").header("Connection")).isEqualTo("close");
            assertThat(kept.ended()).isTrue();
        }
    }

    @Test
    void isNative() {
        assertThat(OpenSsl.isAvailable()).isTrue();
        assertThat(first.get().context()).isInstanceOf(OpenSslContext.class);
    }
}
