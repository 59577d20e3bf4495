package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.server.tls.ServerTls;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens before file descriptors or memory end, and to clients that read next to nothing. */
class OverloadTest {

    private final AtomicLong descriptors = new AtomicLong();
    private final AtomicLong memory = new AtomicLong();
    private final AtomicLong inUse = new AtomicLong();

    @Test
    void acceptsNobodyWhileFileDescriptorsAreNearlyUsedUp() {
        try (TestMirror mirror = mirror();
                RawClient before = mirror.client()) {
            assertThat(before.ask("GET", "/v2/").status()).isEqualTo(200);
            descriptors.set(92);
            mirror.server.sampleDescriptors();
            try (RawClient last = mirror.client();
                    RawClient waits = mirror.client()) {
                last.ask("GET", "/v2/");
                waits.send("GET /v2/ HTTP/1.1\r\nHost: m\r\n\r\n");
                mirror.server.sampleDescriptors();
                assertThat(mirror.server.isPaused()).isTrue();
                assertThat(mirror.server.connections()).isEqualTo(2);
                assertThat(before.ask("GET", "/v2/").status()).isEqualTo(200);

                descriptors.set(10);
                mirror.server.sampleDescriptors();

                assertThat(waits.read(false).status()).isEqualTo(200);
                assertThat(mirror.server.isPaused()).isFalse();
                assertThat(mirror.server.stats().pauses.sum()).isEqualTo(1);
            }
        }
    }

    @Test
    void refusesRequestsWhenEvenTheReserveIsTouched() {
        try (TestMirror mirror = mirror();
                RawClient client = mirror.client()) {
            client.ask("GET", "/v2/");
            descriptors.set(99);
            mirror.server.sampleDescriptors();
            RawClient.Response refused = client.ask("GET", "/v2/");
            descriptors.set(10);
            mirror.server.sampleDescriptors();

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.text()).contains("out of file descriptors");
            assertThat(client.ask("GET", "/v2/").status()).isEqualTo(200);
        }
    }

    @Test
    void refusesRequestsBeforeDirectMemoryEnds() {
        try (TestMirror mirror = mirror();
                RawClient client = mirror.client()) {
            memory.set(900);
            inUse.set(450);
            RawClient.Response refused = client.ask("GET", "/v2/");
            inUse.set(449);
            RawClient.Response roomInThePool = client.ask("GET", "/v2/");
            memory.set(899);
            inUse.set(899);
            RawClient.Response roomInAll = client.ask("GET", "/v2/");

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isEqualTo("5");
            assertThat(refused.text()).contains("out of memory");
            assertThat(roomInThePool.status()).isEqualTo(200);
            assertThat(roomInAll.status()).isEqualTo(200);
            assertThat(mirror.server.stats().shed.sum()).isEqualTo(1);
        }
    }

    @Test
    void closesAClientThatReadsTooSlowlyThoughItReads(@TempDir Path directory) {
        byte[] large = new byte[64 * 1024 * 1024];
        FileBody body = new FileBody(directory.resolve("large"), large);
        try (TestMirror mirror = rated(1 << 30, Duration.ofMillis(300));
                RawClient client = mirror.client()) {
            Digest digest = mirror.content.blob("docker.io/library/alpine", large, () -> body);
            client.send("GET /v2/library/alpine/blobs/" + digest + " HTTP/1.1\r\nHost: m\r\n\r\n");
            while (mirror.exchanges.isEmpty()) {
                assertThat(client.bytes(100).length).isLessThanOrEqualTo(100);
                mirror.afterMillis(1);
            }
            Exchanged exchange = mirror.exchange();

            assertThat(exchange.complete()).isFalse();
            assertThat(mirror.server.stats().slowReaders.sum()).isEqualTo(1);
        }
    }

    @Test
    void doesNotCountTheTimeInWhichAClientWaitsForUs() {
        byte[] bytes = new byte[100_000];
        try (TestMirror mirror = rated(1_000, Duration.ofSeconds(1));
                RawClient client = mirror.client()) {
            GrowingBody body = new GrowingBody(bytes);
            Digest digest = mirror.content.blob("docker.io/library/alpine", bytes, () -> body);
            client.send("GET /v2/library/alpine/blobs/" + digest + " HTTP/1.1\r\nHost: m\r\n\r\n");
            Eventually.until(() -> body.readers.get() == 1);
            CompletableFuture<RawClient.Response> read = CompletableFuture.supplyAsync(() -> client.read(false));
            for (int there = 1; there <= 5; there++) {
                mirror.afterMillis(300);
                body.grow(there);
            }
            mirror.afterMillis(1_200);
            body.grow(bytes.length);

            assertThat(read.join().complete()).isTrue();
        }
    }

    @Test
    void closesAClientThatDoesNotShakeHands(@TempDir Path directory) throws Exception {
        ServerTls tls = ServerTls.open(TestCertificate.write(directory, "m", Instant.parse("2026-01-01T00:00:00Z")));
        try (TestMirror mirror = new TestMirror(
                        Configs.handshakeWithin(Configs.LIMITS, Duration.ofMillis(100)),
                        Optional.of(tls::get),
                        List.of());
                RawClient client = mirror.client()) {
            client.send("\u0016");

            assertThat(client.rest()).doesNotContain("HTTP");
            Eventually.until(() -> mirror.server.connections() == 0);
        }
    }

    private TestMirror mirror() {
        return new TestMirror(
                new Bounds(
                        Configs.LIMITS,
                        TrustedProxies.NONE,
                        new FileDescriptors(100, 90, 10, descriptors::get),
                        new DirectMemory(900, memory::get, inUse::get)),
                Optional.empty(),
                List.of());
    }

    private static TestMirror rated(long minRate, Duration window) {
        return new TestMirror(
                Configs.limits(100, 100, 10_000, 60_000, 60_000, minRate, window), Optional.empty(), List.of());
    }
}
