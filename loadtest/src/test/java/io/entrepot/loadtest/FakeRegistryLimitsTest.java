package io.entrepot.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits, TLS and many connections at once. */
class FakeRegistryLimitsTest {

    private static final TestImage IMAGE =
            ImageBuilder.image().seed(3).layer(100_000).build();
    private static final String BLOB =
            "/v2/library/alpine/blobs/" + IMAGE.layer(0).digest();

    @TempDir
    private static Path directory;

    private static TestTls tls;

    @BeforeAll
    static void makeCertificate() {
        tls = TestTls.forLoopback(directory);
    }

    @Test
    void holdsItsBandwidthOverAllConnections() throws IOException {
        try (FakeRegistry registry = FakeRegistry.builder().bandwidth(20).start();
                RawConnection one = RawConnection.open(registry.url());
                RawConnection two = RawConnection.open(registry.url())) {
            registry.push("library/alpine", "3.20", IMAGE);
            one.request("GET", BLOB).readExactly(2);
            two.request("GET", BLOB).readExactly(2);

            assertThat(registry.bytesSent()).isBetween(4L, 50_000L);
        }
    }

    @Test
    void waitsBeforeEveryAnswer() throws IOException {
        try (FakeRegistry registry =
                        FakeRegistry.builder().latency(Duration.ofHours(1)).start();
                RawConnection connection = RawConnection.open(registry.url())) {
            connection.write("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n");
            registry.awaitCount(1, "GET", "/v2/");

            assertThat(registry.seen().get(0).status()).isZero();
        }
    }

    @Test
    void speaksTls() throws Exception {
        try (FakeRegistry registry = FakeRegistry.builder().tls(tls).start()) {
            registry.push("library/alpine", "3.20", IMAGE);
            HttpClient client =
                    HttpClient.newBuilder().sslContext(tls.context()).build();

            HttpResponse<byte[]> response = client.send(
                    HttpRequest.newBuilder(registry.url(BLOB)).build(), HttpResponse.BodyHandlers.ofByteArray());

            assertThat(response.body()).isEqualTo(IMAGE.layer(0).bytes());
        }
    }

    @Test
    void writesItsCertificateForClients() throws Exception {
        try (InputStream pem = Files.newInputStream(tls.certificate())) {
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);

            assertThat(certificate.getSubjectAlternativeNames()).hasSize(2);
        }
    }

    @Test
    void cutsABodyBelowTls() throws IOException {
        try (FakeRegistry registry = FakeRegistry.builder().tls(tls).start();
                RawConnection connection = RawConnection.open(registry.url(), tls.context())) {
            registry.push("library/alpine", "3.20", IMAGE);
            registry.fault(Fault.CUT_BODY.at(1_000));

            RawHttp.Response response = connection.request("GET", BLOB).readAll();

            assertThat(response.body()).hasSize(1_000);
            assertThat(response.complete()).isFalse();
        }
    }

    @Test
    void servesHundredsOfConnectionsAtOnce() throws IOException {
        try (FakeRegistry registry = FakeRegistry.start()) {
            registry.push("library/alpine", "3.20", IMAGE);
            Gate gate = registry.holdBody(BLOB, 50_000);
            List<RawConnection> connections = new ArrayList<>();
            List<RawAnswer> answers = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                connections.add(RawConnection.open(registry.url()));
                answers.add(connections.get(i).request("GET", BLOB));
            }
            gate.awaitWaiting(300);
            gate.release();
            for (RawAnswer answer : answers) {
                assertThat(answer.drain().digest()).isEqualTo(IMAGE.layer(0).digest());
            }
            for (RawConnection connection : connections) {
                connection.close();
            }
        }
    }

    @Test
    void dropsItsConnectionsWhenItStops() throws IOException {
        try (FakeRegistry registry = FakeRegistry.start();
                RawConnection connection = RawConnection.open(registry.url())) {
            registry.push("library/alpine", "3.20", IMAGE);
            registry.holdBody(BLOB, 50_000);
            RawAnswer answer = connection.request("GET", BLOB);
            answer.readExactly(50_000);

            registry.stop();

            assertThat(answer.drain().complete()).isFalse();
            assertThatThrownBy(() -> RawConnection.open(registry.url())).isInstanceOf(IOException.class);
        }
    }
}
