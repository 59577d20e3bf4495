package io.entrepot.server;

import static io.entrepot.server.Asking.bearer;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestTls;
import io.entrepot.server.access.TestIssuer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The keys of an issuer come over https from a server that a CA of its own vouches for. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class FetchedKeysFlowTest {

    private static final String APP = "/v2/docker.io/team-a/app/manifests/1";

    @TempDir
    private Path root;

    private final FakeRegistry registry = FakeRegistry.start();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int status = 200;
    private HttpsServer issuer;
    private Mirror mirror;
    private Asking client;

    @BeforeEach
    void start() throws Exception {
        registry.push("team-a/app", "1", ImageBuilder.image().seed(1).build());
        TestTls tls = TestTls.forLoopback(root);
        issuer = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
        issuer.createContext("/keys", exchange -> {
            asked.incrementAndGet();
            byte[] jwks = TestIssuer.jwks().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, jwks.length);
            exchange.getResponseBody().write(jwks);
            exchange.close();
        });
        issuer.start();
        mirror = TestConfig.under(root, """
                upstreams: { docker.io: { url: "%s", internal: true } }
                access:
                  issuers:
                    - issuer: "%s"
                      audience: [entrepot]
                      algorithms: [RS256]
                      jwks: "https://127.0.0.1:%d/keys"
                      ca: "%s"
                  rights: [{ repositories: ["docker.io/team-a/*"], read: [{ users: [alice] }] }]
                """.formatted(
                        registry.url(), TestIssuer.NAME, issuer.getAddress().getPort(), tls.certificate()))
                .start();
        client = new Asking(mirror);
    }

    @AfterEach
    void stop() {
        mirror.close();
        issuer.stop(0);
        registry.close();
    }

    @Test
    void areFetchedOnceForManyTokens() {
        for (int i = 0; i < 5; i++) {
            assertThat(client.get(APP, bearer(TestIssuer.token("\"jti\":\"" + i + "\"")))
                            .status())
                    .isEqualTo(200);
        }

        assertThat(asked).hasValue(1);
    }

    @Test
    void areNotAskedForByWhoIsOfNobody() {
        String foreign = TestIssuer.signed(
                "{\"alg\":\"RS256\"}", TestIssuer.claims("").replace(TestIssuer.NAME, "https://evil.example"), "RS256");

        assertThat(client.get(APP, bearer(foreign)).status()).isEqualTo(401);
        assertThat(asked).hasValue(0);
    }

    @Test
    void anInventedKeyDoesNotHaveThemFetchedAgainAndAgain() {
        client.get(APP, bearer(TestIssuer.token("")));
        for (int i = 0; i < 10; i++) {
            String invented =
                    TestIssuer.signed("{\"alg\":\"RS256\",\"kid\":\"k" + i + "\"}", TestIssuer.claims(""), "RS256");
            assertThat(client.get(APP, bearer(invented)).status()).isEqualTo(401);
        }

        assertThat(asked).hasValue(1);
    }

    @Test
    void whileTheyCannotBeHadTheAnswerIsForLater() {
        status = 500;

        Response later = client.get(APP, bearer(TestIssuer.token("")));

        assertThat(later.status()).isEqualTo(503);
        assertThat(later.header("Retry-After")).isEqualTo("5");
        assertThat(later.reason()).contains("keys of " + TestIssuer.NAME);
    }
}
