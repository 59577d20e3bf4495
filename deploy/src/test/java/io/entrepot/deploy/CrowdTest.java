package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.TestImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged mirror before a crowd that misbehaves: it stays small, idle where it waits, and of use to everybody else. */
@Timeout(300)
class CrowdTest {

    private static final String PING = "GET /v2/ HTTP/1.1\r\nHost: m\r\n\r\n";

    @TempDir
    Path dir;

    private final FakeRegistry upstream = FakeRegistry.start();
    private final TestImage image = ImageBuilder.image().seed(9).layer(64 << 20).build();

    @BeforeEach
    void push() {
        upstream.push("library/app", "1", image);
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void pausesWhereFileDescriptorsEndAndGoesOnAfterwards() throws Exception {
        try (PackagedMirror mirror = mirror("{ connections-per-client: 10000 }", 256)) {
            warm(mirror);
            double before = metric(mirror, "process_open_fds");
            try (Crowd crowd = Crowd.of(400, mirror.host())) {
                until(mirror, () -> metric(mirror, "entrepot_accept_paused") == 1);
                double cpu = metric(mirror, "process_cpu_seconds_total");
                for (int i = 0; i < 10; i++) {
                    assertThat(RawHttp.get(mirror.admin("/readyz")).status()).isEqualTo(200);
                    Thread.sleep(300);
                }
                double burnt = metric(mirror, "process_cpu_seconds_total") - cpu;
                System.out.printf("paused for 3 s: %.2f s of CPU, %.0f of 256 files%n", burnt, files(mirror));
                assertThat(burnt).isLessThan(1.5);
                assertThat(files(mirror)).isBetween(150.0, 230.0);
                assertThat(crowd.firstAsks(PING)).isEqualTo("HTTP/1.1 200");
                assertThat(RawHttp.get(mirror.admin("/metrics")).status()).isEqualTo(200);

                crowd.halfCloseAndReset();
                until(mirror, () -> metric(mirror, "entrepot_accept_paused") == 0);
            }
            assertThat(RawHttp.drain(mirror.uri(blob())).digest())
                    .isEqualTo(image.layer(0).digest());
            until(mirror, () -> files(mirror) <= before + 10);
            assertThat(metric(mirror, "entrepot_accept_pauses_total")).isPositive();
        }
    }

    @Test
    void closesThoseWhoseRequestsDrip() throws Exception {
        try (PackagedMirror mirror = mirror("{ connections-per-client: 10000, header-timeout: 1s }", 1_024);
                Crowd crowd = Crowd.of(300, mirror.host())) {
            crowd.send("GET /v2/ HTTP/1.1\r\nHo");

            until(mirror, () -> metric(mirror, "entrepot_slow_requests_closed_total") == 300);
            assertThat(RawHttp.get(mirror.uri("/v2/")).status()).isEqualTo(200);
        }
    }

    @Test
    @Tag("long")
    void keepsAThousandStalledReadersInThirtyTwoKilobytesEach() throws Exception {
        try (PackagedMirror mirror =
                mirror("{ connections-per-client: 10000, write-timeout: 10m, min-rate: 0 }", 10_000)) {
            warm(mirror);
            stalled(mirror, 50).close();
            until(mirror, () -> metric(mirror, "entrepot_requests_in_flight") == 0);
            long before = resident(mirror);
            try (Crowd crowd = stalled(mirror, 1_000)) {
                until(mirror, () -> metric(mirror, "entrepot_requests_in_flight") == 1_000);
                long each = (resident(mirror) - before) / 1_000;
                System.out.printf("1,000 stalled readers: %d KiB before, %d bytes each%n", before >> 10, each);
                assertThat(each).isLessThanOrEqualTo(32 << 10);

                CompletableFuture<RawHttp.Drained> fast =
                        CompletableFuture.supplyAsync(() -> RawHttp.drain(mirror.uri(blob())));
                long read = 0;
                while (!fast.isDone()) {
                    read += crowd.read(1_024);
                }
                System.out.printf("a fast reader among 1,000 slow ones, which read %d KiB meanwhile%n", read >> 10);
                assertThat(fast.join().digest()).isEqualTo(image.layer(0).digest());
                assertThat((resident(mirror) - before) / 1_000).isLessThanOrEqualTo(32 << 10);
            }
        }
    }

    @Test
    @Tag("long")
    void bearsFiveThousandIdleConnections() throws Exception {
        try (PackagedMirror mirror = mirror("{ connections-per-client: 10000, idle-timeout: 20s }", 10_000)) {
            warm(mirror);
            long before = resident(mirror);
            try (Crowd crowd = Crowd.of(5_000, mirror.host())) {
                until(mirror, () -> metric(mirror, "entrepot_connections") >= 5_000);
                long each = (resident(mirror) - before) / 5_000;
                System.out.printf("5,000 idle connections: %d bytes each%n", each);
                assertThat(each).isLessThanOrEqualTo(16 << 10);
                assertThat(crowd.firstAsks(PING)).isEqualTo("HTTP/1.1 200");
                until(mirror, () -> metric(mirror, "entrepot_connections") == 0);
            }
        }
    }

    private PackagedMirror mirror(String limits, int files) throws IOException, InterruptedException {
        return PackagedMirror.ofDockerHubLimited(
                dir.resolve("mirror"), upstream.url().toString(), limits, files);
    }

    /** Until the layer is held. */
    private void warm(PackagedMirror mirror) throws InterruptedException {
        RawHttp.get(mirror.uri("/v2/docker.io/library/app/manifests/1"));
        RawHttp.drain(mirror.uri(blob()));
        mirror.awaitCommit(image.layer(0).digest());
    }

    private Crowd stalled(PackagedMirror mirror, int readers) throws IOException {
        return Crowd.of(readers, mirror.host()).send("GET " + blob() + " HTTP/1.1\r\nHost: m\r\n\r\n");
    }

    private String blob() {
        return "/v2/docker.io/library/app/blobs/" + image.layer(0).digest();
    }

    private static double files(PackagedMirror mirror) {
        return metric(mirror, "process_open_fds");
    }

    private static double metric(PackagedMirror mirror, String name) {
        return RawHttp.get(mirror.admin("/metrics"))
                .text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }

    /** Bytes of memory that are no file's. */
    private static long resident(PackagedMirror mirror) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(mirror.pid()), "status")).stream()
                        .filter(line -> line.startsWith("RssAnon:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow()
                * 1_024;
    }

    private static void until(PackagedMirror mirror, BooleanSupplier happened) {
        Await.until(mirror::log, Duration.ofMinutes(1), happened);
    }
}
