package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve --tls self}, seen by a client that trusts the authority under {@code data/tls}, and by one that does not. */
@Timeout(60)
class TlsSelfTest {

    @TempDir
    private Path root;

    @Test
    void aClientThatTrustsTheAuthorityIsServed() throws Exception {
        TestConfig config = TestConfig.under(root);
        try (Mirror mirror = Mirror.start(config.load(), new Mirror.Options(config.file(), true, log -> {}))) {
            HttpClient client = HttpClient.newBuilder()
                    .sslContext(trusting(config.data().resolve("tls/ca.pem")))
                    .build();

            assertThat(status(client, "https://localhost:" + mirror.port() + "/v2/"))
                    .isEqualTo(200);
            assertThat(status(client, "https://127.0.0.1:" + mirror.port() + "/v2/"))
                    .isEqualTo(200);
        }
    }

    @Test
    void aClientThatDoesNotIsNot() throws Exception {
        TestConfig config = TestConfig.under(root);
        try (Mirror mirror = Mirror.start(config.load(), new Mirror.Options(config.file(), true, log -> {}))) {
            assertThatThrownBy(() -> status(HttpClient.newHttpClient(), "https://localhost:" + mirror.port() + "/v2/"))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    private static int status(HttpClient client, String uri) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static SSLContext trusting(Path authority) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(authority)) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
