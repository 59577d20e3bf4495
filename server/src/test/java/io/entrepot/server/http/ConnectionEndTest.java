package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.entrepot.config.MirrorConfig.Limits;
import io.entrepot.oci.Digest;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How connections end: by drain, by bounds, by clients that do not keep up. */
class ConnectionEndTest {

    private static final byte[] BYTES = new byte[100_000];
    private static final String TARGET = "/v2/library/alpine/blobs/" + Digest.of(BYTES);

    @Test
    void letsWhatIsInFlightFinishAndClosesTheRest() {
        try (TestMirror mirror = new TestMirror()) {
            GrowingBody body = growing(mirror);
            RawClient idle = mirror.client();
            idle.ask("GET", "/v2/");
            RawClient busy = mirror.client();
            busy.send("GET " + TARGET + " HTTP/1.1\r\nHost: m\r\n\r\n");
            Eventually.until(() -> body.readers.get() == 1);

            CompletableFuture<Integer> closing = mirror.server.close(Duration.ofSeconds(30));
            boolean idleEnded = idle.ended();
            body.grow(BYTES.length);
            RawClient.Response response = busy.read(false);

            assertThat(idleEnded).isTrue();
            assertThat(response.complete()).isTrue();
            assertThat(busy.ended()).isTrue();
            assertThat(closing.join()).isZero();
            assertThatThrownBy(mirror::client).isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void cutsWhatIsNotDoneWithinTheGrace() {
        try (TestMirror mirror = new TestMirror()) {
            GrowingBody body = growing(mirror);
            RawClient busy = mirror.client();
            busy.send("GET " + TARGET + " HTTP/1.1\r\nHost: m\r\n\r\n");
            Eventually.until(() -> body.readers.get() == 1);

            int cut = mirror.server.close(Duration.ofMillis(50)).join();

            assertThat(cut).isEqualTo(1);
            assertThat(busy.rest()).doesNotContain("\0");
            Eventually.until(() -> body.closed.get() == 1);
        }
    }

    @Test
    void saysThatTheConnectionEndsWhileItDrains() {
        try (TestMirror mirror = new TestMirror()) {
            CompletableFuture<io.entrepot.server.content.Resolved> coming = new CompletableFuture<>();
            mirror.content.resolve("docker.io/library/alpine:1", () -> coming);
            RawClient client = mirror.client();
            client.send("GET /v2/library/alpine/manifests/1 HTTP/1.1\r\nHost: m\r\n\r\n");
            Eventually.until(() -> mirror.server.inFlight() == 1);
            mirror.server.close(Duration.ofSeconds(30));
            coming.completeExceptionally(new io.entrepot.oci.RegistryException.ManifestUnknown("gone"));

            assertThat(client.read(false).header("Connection")).isEqualTo("close");
        }
    }

    @Test
    void refusesConnectionsBeyondTheLimit() {
        try (TestMirror mirror = limited(2, 10_000, 60_000, 60_000)) {
            RawClient one = mirror.client();
            RawClient two = mirror.client();
            one.ask("GET", "/v2/");
            two.ask("GET", "/v2/");
            boolean thirdEnded;
            try (RawClient three = mirror.client()) {
                thirdEnded = three.ended();
            }
            one.close();
            Eventually.until(() -> mirror.server.connections() == 1);

            assertThat(thirdEnded).isTrue();
            assertThat(mirror.ask("GET", "/v2/").status()).isEqualTo(200);
        }
    }

    @Test
    void closesAConnectionThatAsksNothing() {
        try (TestMirror mirror = limited(10, 60_000, 50, 60_000);
                RawClient client = mirror.client()) {
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void closesAConnectionWhoseRequestDripsInHoweverItDrips() {
        try (TestMirror mirror = limited(10, 200, 60_000, 60_000);
                RawClient client = mirror.client()) {
            client.send("GET /v2/ HTTP/1.1\r\n");
            Thread drip = new Thread(() -> {
                for (int i = 0; mirror.server.connections() > 0; i++) {
                    try {
                        client.send("X-" + i + ": a\r\n");
                        Thread.sleep(20);
                    } catch (UncheckedIOException | InterruptedException e) {
                        return;
                    }
                }
            });
            drip.start();

            Eventually.until(() -> mirror.server.connections() == 0);
        }
    }

    @Test
    void closesAConnectionWhoseClientReadsNothing(@TempDir Path directory) {
        byte[] large = new byte[32 * 1024 * 1024];
        FileBody body = new FileBody(directory.resolve("large"), large);
        try (TestMirror mirror = limited(10, 60_000, 60_000, 100);
                RawClient client = mirror.client()) {
            Digest digest = mirror.content.blob("docker.io/library/alpine", large, () -> body);
            client.send("GET /v2/library/alpine/blobs/" + digest + " HTTP/1.1\r\nHost: m\r\n\r\n");
            Exchanged exchange = mirror.exchange();

            assertThat(exchange.complete()).isFalse();
            assertThat(body.closed).hasValue(1);
        }
    }

    @Test
    void leavesLittleInTheKernelForAClientThatReadsNothing(@TempDir Path directory) throws IOException {
        assumeThat(Epoll.isAvailable()).isTrue();
        byte[] large = new byte[32 * 1024 * 1024];
        FileBody body = new FileBody(directory.resolve("large"), large);
        try (TestMirror mirror = limited(10, 60_000, 60_000, 500);
                Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4 * 1024);
            socket.connect(new InetSocketAddress("127.0.0.1", mirror.port));
            Digest digest = mirror.content.blob("docker.io/library/alpine", large, () -> body);
            RawClient.over(socket).send("GET /v2/library/alpine/blobs/" + digest + " HTTP/1.1\r\nHost: m\r\n\r\n");
            Exchanged exchange = mirror.exchange();

            assertThat(exchange.complete()).isFalse();
            // what was sent and not read comes to that: a few segments, each as large as a loopback has them
            assertThat(exchange.bytes()).isBetween(1L, Unsent.BOUND + 256 * 1024L);
        }
    }

    @Test
    void waitsForTheUpstreamWithoutEnd() {
        // enough for what the client is to do, on a busy machine too
        try (TestMirror mirror = limited(10, 2_000, 2_000, 2_000);
                RawClient client = mirror.client()) {
            GrowingBody body = growing(mirror);
            client.send("GET " + TARGET + " HTTP/1.1\r\nHost: m\r\n\r\n");
            Eventually.until(() -> body.readers.get() == 1);
            CompletableFuture<RawClient.Response> read = CompletableFuture.supplyAsync(() -> client.read(false));
            // a timer set before the answer was waited for has fired when this one has
            mirror.afterMillis(2_500);
            body.grow(BYTES.length);

            assertThat(read.join().complete()).isTrue();
        }
    }

    private static GrowingBody growing(TestMirror mirror) {
        GrowingBody body = new GrowingBody(BYTES);
        mirror.content.blob("docker.io/library/alpine", BYTES, () -> body);
        return body;
    }

    private static TestMirror limited(int connections, long header, long idle, long write) {
        Limits limits = Configs.limits(connections, 100, header, idle, write);
        return new TestMirror(limits, Optional.empty(), List.of());
    }
}
