package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigLoader;
import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.BlackHole;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.Gate;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.loadtest.TestTls;
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.oci.Digest;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.Mirror;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** F21, F22, F29, F30: each way in which an upstream keeps us waiting or breaks off, and what the client is told. */
@Timeout(60)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class DeadlinesTest {

    private static final String DEADLINES = "deadlines: { connect: 2s, headers: 2s, idle: 1s }";

    /** Where answers begin, and do not go on. */
    private static final String IDLE = "deadlines: { connect: 30s, headers: 30s, idle: 1s }";

    /** Where something fails at once, or is held for a moment, so that no deadline ends it. */
    private static final String PATIENT = "deadlines: { connect: 30s, headers: 30s, idle: 30s }";

    private final TestImage image =
            ImageBuilder.image().seed(4).layer(1_000_000).build();
    private final Digest layer = image.layer(0).digest();

    @TempDir
    private Path dir;

    private Mirror mirror;

    @AfterEach
    void stop() {
        mirror.close();
    }

    @Test
    void nameNotFound() throws Exception {
        start(URI.create("http://no-such-host.invalid:5000"), DEADLINES);

        isUnavailable(head("manifests/1"), "docker.io: no-such-host.invalid: no such host");
    }

    @Test
    void refused() throws Exception {
        try (FakeRegistry gone = registry()) {
            gone.stop();
            start(gone.url(), PATIENT);

            isUnavailable(head("manifests/1"), "docker.io: " + gone.host() + " cannot be reached: connection refused");
        }
    }

    @Test
    void packetsDropped() throws Exception {
        try (BlackHole hole = BlackHole.at("127.0.0.1", 0)) {
            start(URI.create("http://127.0.0.1:" + hole.port()), DEADLINES);

            isUnavailable(
                    head("manifests/1"),
                    "docker.io: 127.0.0.1:" + hole.port() + " could not be connected to within 2000 ms");
        }
    }

    @Test
    void reset() throws Exception {
        try (FakeRegistry registry = registry()) {
            start(registry.url(), PATIENT);
            registry.fault(Fault.RESET_BODY.at(0).on("GET", "/manifests/"));

            isUnavailable(
                    get("manifests/1"),
                    "docker.io: " + registry.host() + " closed the connection before its answer was whole");
        }
    }

    @Test
    void certificateNotTrusted() throws Exception {
        try (FakeRegistry registry =
                FakeRegistry.builder().tls(TestTls.forLoopback(dir)).start()) {
            start(registry.url(), PATIENT);

            Response told = head("manifests/1");
            isUnavailable(told, "docker.io: " + registry.host() + ": TLS failed: ");
        }
    }

    @Test
    void aHandshakeThatIsNotAnswered() throws Exception {
        // the kernel takes the connection; nobody reads what comes, which a server might take for a bad request and end
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getByName("127.0.0.1"))) {
            String host = "127.0.0.1:" + silent.getLocalPort();
            start(URI.create("https://" + host), DEADLINES);

            isUnavailable(head("manifests/1"), "docker.io: " + host + " could not be connected to within 2000 ms");
        }
    }

    @Test
    void takenAndNotAnswered() throws Exception {
        try (FakeRegistry registry = registry()) {
            start(registry.url(), DEADLINES);
            registry.fault(Fault.HANG);

            isUnavailable(head("manifests/1"), "docker.io: " + registry.host() + " did not answer within 2000 ms");
        }
    }

    @Test
    void oneByteOfTheHeadASecond() throws Exception {
        try (FakeRegistry registry = registry()) {
            start(registry.url(), DEADLINES);
            registry.fault(Fault.HANG_HEADERS.lasting(Duration.ofMillis(100)));

            isUnavailable(head("manifests/1"), "docker.io: " + registry.host() + " did not answer within 2000 ms");
        }
    }

    @Test
    void aManifestThatStops() throws Exception {
        try (FakeRegistry registry = registry()) {
            start(registry.url(), IDLE);
            registry.fault(Fault.STALL_BODY.at(10).on("GET", "/manifests/"));

            isUnavailable(get("manifests/1"), "docker.io: " + registry.host());
        }
    }

    @Test
    void aBlobThatStops() throws Exception {
        try (FakeRegistry registry = registry()) {
            start(registry.url(), IDLE);
            assertThat(get("manifests/1").status()).isEqualTo(200);
            registry.fault(Fault.STALL_BODY.at(300_000).on("GET", "/blobs/").first(1));
            registry.fault(Fault.STALL_BODY.at(0).on("GET", "/blobs/").after(1));

            Response ended = get("blobs/" + layer);

            assertThat(ended.status()).isEqualTo(200);
            assertThat(ended.complete()).isFalse();
            // once, and three times more from where it stopped
            assertThat(registry.count("GET", "/blobs/")).isEqualTo(4);
        }
    }

    @Test
    void oneByteOfABlobASecond() throws Exception {
        try (FakeRegistry registry = registry()) {
            start(registry.url(), IDLE);
            assertThat(get("manifests/1").status()).isEqualTo(200);
            registry.fault(Fault.TRICKLE.rate(1).on("GET", "/blobs/"));

            Response slow = get("blobs/" + layer);

            assertThat(slow.status()).isEqualTo(200);
            assertThat(slow.complete()).isFalse();
            assertThat(registry.count("GET", "/blobs/")).isEqualTo(4);
            registry.clearFaults();
            assertThat(get("blobs/" + layer).digest()).isEqualTo(layer);
        }
    }

    @Test
    void aTokenServerThatHangs() throws Exception {
        try (FakeRegistry registry =
                FakeRegistry.builder().auth(TokenAuth.anonymous()).start()) {
            registry.push("library/alpine", "1", image);
            start(registry.url(), DEADLINES);
            registry.fault(Fault.HANG.on("/token"));

            isUnavailable(head("manifests/1"), "docker.io: " + registry.host() + " did not answer within 2000 ms");
            // the registry itself answers, and is left alone all the same: nothing can be had there
            Await.until(
                    "somebody who comes within a pause is sent away",
                    () -> head("manifests/2").reason().contains("it is asked again in"));
        }
    }

    @Test
    void aPresignedAddressThatExpiresInMidBody() throws Exception {
        try (FakeRegistry registry =
                FakeRegistry.builder().redirectBlobs(Duration.ofHours(1)).start()) {
            registry.push("library/alpine", "1", image);
            start(
                    registry.url(),
                    PATIENT + ", redirect-hosts: [\"" + registry.storageUrl().getAuthority() + "\"]");
            assertThat(get("manifests/1").status()).isEqualTo(200);
            registry.fault(Fault.CUT_BODY.at(400_000).on("GET", "/store/").first(1));
            Gate half = registry.holdBody("/store/", 200_000);

            CompletableFuture<Response> pull = CompletableFuture.supplyAsync(() -> get("blobs/" + layer));
            half.awaitWaiting(1);
            registry.expirePresigned();
            half.release();

            isOneWholeBody(pull.join());
            assertThat(registry.bytesSent("/store/")).isEqualTo(1_000_000);
            // the registry, not the address of before, was asked for the rest
            assertThat(registry.count("GET", "/blobs/")).isEqualTo(2);
            assertThat(registry.count("GET", "/store/")).isEqualTo(2);
        }
    }

    @Test
    void aTokenThatExpiresInMidBody() throws Exception {
        TokenAuth tokens = TokenAuth.anonymous();
        try (FakeRegistry registry = FakeRegistry.builder().auth(tokens).start()) {
            registry.push("library/alpine", "1", image);
            start(registry.url(), PATIENT);
            assertThat(get("manifests/1").status()).isEqualTo(200);
            registry.fault(Fault.CUT_BODY.at(400_000).on("GET", "/blobs/").first(1));
            Gate half = registry.holdBody("/blobs/", 200_000);

            CompletableFuture<Response> pull = CompletableFuture.supplyAsync(() -> get("blobs/" + layer));
            half.awaitWaiting(1);
            tokens.revoke();
            half.release();

            isOneWholeBody(pull.join());
            assertThat(tokens.granted()).isEqualTo(2);
        }
    }

    private FakeRegistry registry() {
        FakeRegistry registry = FakeRegistry.start();
        registry.push("library/alpine", "1", image);
        return registry;
    }

    /** 503 with the reason, and when to come again. */
    private static void isUnavailable(Response told, String why) {
        assertThat(told.status()).isEqualTo(503);
        assertThat(told.header("Retry-After")).isEqualTo("5");
        assertThat(told.reason()).contains("upstream unavailable: " + why);
        if (told.body().length > 0) {
            assertThat(told.text()).contains("\"code\":\"UNAVAILABLE\"");
        }
    }

    private void isOneWholeBody(Response body) {
        assertThat(body.status()).isEqualTo(200);
        assertThat(body.complete()).isTrue();
        assertThat(body.digest()).isEqualTo(layer);
    }

    private void start(URI upstream, String more) throws Exception {
        mirror = Mirror.start(ConfigLoader.parse("test", """
                listen: { address: 127.0.0.1, port: 0 }
                admin: { address: 127.0.0.1, port: 0 }
                storage: { disk: { path: "%s/cache", min-free: 0 } }
                upstreams: { docker.io: { url: "%s", internal: true, %s } }
                """.formatted(dir, upstream, more), Map.of()));
    }

    private Response head(String what) {
        return RawHttp.head(uri(what));
    }

    private Response get(String what) {
        return RawHttp.get(uri(what));
    }

    private URI uri(String what) {
        return URI.create("http://127.0.0.1:" + mirror.port() + "/v2/docker.io/library/alpine/" + what);
    }
}
