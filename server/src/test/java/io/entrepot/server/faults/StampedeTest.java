package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigLoader;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Drained;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.Mirror;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** F10: a thousand clients want one cold blob of a slow upstream: it is asked once, and all of them have it. */
@Timeout(900)
@Tag("long")
class StampedeTest {

    private static final int CLIENTS = 1_000;
    private static final long SIZE = 16_000_000;

    @TempDir
    private Path dir;

    @Test
    void asksTheUpstreamOnce() throws Exception {
        TestImage image = ImageBuilder.image().seed(3).layer(SIZE).build();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (FakeRegistry registry = FakeRegistry.builder().bandwidth(4_000_000).start()) {
            registry.push("library/alpine", "1", image);
            try (Mirror mirror = start(registry)) {
                URI base = URI.create("http://127.0.0.1:" + mirror.port() + "/v2/docker.io/library/alpine/");
                RawHttp.get(base.resolve("manifests/1"));
                URI blob = base.resolve("blobs/" + image.layer(0).digest());

                List<CompletableFuture<Drained>> pulls = IntStream.range(0, CLIENTS)
                        .mapToObj(i -> CompletableFuture.supplyAsync(() -> RawHttp.drain(blob), clients))
                        .toList();

                assertThat(pulls).allSatisfy(pull -> {
                    assertThat(pull.join().complete()).isTrue();
                    assertThat(pull.join().digest()).isEqualTo(image.layer(0).digest());
                });
                assertThat(registry.count("GET", "/blobs/")).isEqualTo(1);
                assertThat(registry.bytesSent("/blobs/")).isEqualTo(SIZE);
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private Mirror start(FakeRegistry registry) throws Exception {
        return Mirror.start(
                ConfigLoader.parse("test", """
                listen: { address: 127.0.0.1, port: 0 }
                admin: { address: 127.0.0.1, port: 0 }
                upstreams: { docker.io: { url: "%s", internal: true } }
                storage: { disk: { path: %s, min-free: 0 } }
                limits: { connections-per-client: 2000 }
                """.formatted(registry.url(), dir.resolve("data/cache")), Map.of()));
    }
}
