package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Gate;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A mirror that is told to stop serves who is there, and nobody else. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class DrainTest {

    @TempDir
    private Path root;

    private final FakeRegistry registry = FakeRegistry.start();
    private final TestImage image = ImageBuilder.image().layer(1 << 20).build();
    private Mirror mirror;
    private Gate gate;

    @BeforeEach
    void start() throws Exception {
        registry.push("app", "1", image);
        gate = registry.holdBody(layer().digest().hex(), 100_000);
        TestConfig config =
                TestConfig.under(root, "upstreams: { up.corp: { url: \"" + registry.url() + "\", internal: true } }");
        // nothing is cut short but by a test that says so
        Files.writeString(config.file(), Files.readString(config.file()).replace("grace: 5s", "grace: 60s"));
        mirror = config.start();
    }

    @AfterEach
    void stop() {
        gate.release();
        mirror.close();
        registry.close();
    }

    @Test
    void whatIsInFlightIsFinished() throws Exception {
        CompletableFuture<HttpResponse<byte[]>> pull = pull();
        gate.awaitWaiting(1);

        CompletableFuture<Void> drain = drain();
        untilRefused();
        assertThat(Http.get(mirror.adminPort(), "/readyz").body()).isEqualTo("draining\n");
        assertThat(Http.get(mirror.adminPort(), "/livez").statusCode()).isEqualTo(200);
        gate.release();

        assertThat(Digest.of(pull.get(60, TimeUnit.SECONDS).body())).isEqualTo(layer().digest());
        drain.get(60, TimeUnit.SECONDS);
    }

    @Test
    void twoHundredTransfersAreFinished() throws Exception {
        assertThat(Http.get(mirror.port(), "/v2/up.corp/app/manifests/1").statusCode())
                .isEqualTo(200);
        URI blob = URI.create("http://127.0.0.1:" + mirror.port() + "/v2/up.corp/app/blobs/" + layer().digest());
        ExecutorService clients = Executors.newFixedThreadPool(200);
        List<CompletableFuture<RawHttp.Drained>> pulls = IntStream.range(0, 200)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> RawHttp.drain(blob), clients))
                .toList();
        untilInFlight(200);

        CompletableFuture<Void> drain = drain();
        untilRefused();
        gate.release();

        assertThat(pulls)
                .allSatisfy(pull ->
                        assertThat(pull.get(60, TimeUnit.SECONDS).digest()).isEqualTo(layer().digest()));
        drain.get(60, TimeUnit.SECONDS);
        clients.shutdown();
    }

    private void untilInFlight(int requests) throws Exception {
        while (!Http.get(mirror.adminPort(), "/metrics")
                .body()
                .contains("entrepot_requests_in_flight " + requests + ".0")) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatDoesNotEndInTimeIsCutShort() throws Exception {
        CompletableFuture<HttpResponse<byte[]>> pull = pull();
        gate.awaitWaiting(1);

        CompletableFuture<Void> drain = drain();
        untilRefused();
        mirror.hurry();

        drain.get(60, TimeUnit.SECONDS);
        assertThatThrownBy(() -> pull.get(60, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    private Blob layer() {
        return image.layer(0);
    }

    private CompletableFuture<HttpResponse<byte[]>> pull() throws Exception {
        assertThat(Http.get(mirror.port(), "/v2/up.corp/app/manifests/1").statusCode())
                .isEqualTo(200);
        URI blob = URI.create("http://127.0.0.1:" + mirror.port() + "/v2/up.corp/app/blobs/" + layer().digest());
        return HttpClient.newHttpClient()
                .sendAsync(HttpRequest.newBuilder(blob).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private CompletableFuture<Void> drain() {
        return CompletableFuture.runAsync(() -> {
            try {
                mirror.drain();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void untilRefused() throws IOException {
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mirror.port())) {
                assertThat(socket.isConnected()).isTrue();
            } catch (SocketException e) {
                // refused, or reset: it was in the queue of a listener that closes
                return;
            }
        }
    }
}
