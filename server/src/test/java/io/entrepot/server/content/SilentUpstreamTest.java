package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.Content.Blob;
import io.entrepot.server.net.Clients;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.Transport;
import io.entrepot.server.upstream.Endpoints;
import io.entrepot.storage.disk.DiskStore;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** F21: an upstream that takes requests and answers none for ten minutes, which pass in seconds; its deadlines are short. */
@Timeout(120)
class SilentUpstreamTest {

    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final Reference.Tag TAG = new Reference.Tag("1");
    private static final int SILENT_SECONDS = 600;

    /** Whoever waited for the upstream would not be answered within the time of this test. */
    private static final TagPattern PATTERN = new TagPattern(
            "**", TagPattern.Mode.REVALIDATE, Duration.ZERO, Duration.ofHours(1), Duration.ofHours(1), false, false);

    private final TestImage image = ImageBuilder.image().seed(1).layer(100_000).build();
    private final Digest layer = image.layer(0).digest();
    private final VirtualClock clock = new VirtualClock();
    private final ExecutorService pool = Executors.newFixedThreadPool(2);
    private final EventLoopGroup loops = Transport.best().loops(1, "silent");
    private final FakeRegistry registry = FakeRegistry.start();
    private DiskStore store;
    private CachedContent content;
    private Endpoints upstream;

    @BeforeEach
    void open(@TempDir Path dir) throws Exception {
        store = DiskStore.open(dir.resolve("store"), DiskStore.Options.of(1L << 30), incident -> {});
        content = new CachedContent(
                new Store(store.blobs(), store.tags(), store.links(), pool),
                new MirrorConfig.Fills(1L << 30, 8, 2, 3, 4_096, 256, 5_000),
                incident -> {},
                clock);
        upstream = open("100ms");
        registry.push("library/alpine", "1", image);
        try (Endpoints patient = open("30s")) {
            content.admit(patient, ALPINE, resolve(patient, TAG)).join();
            pullLayer(patient);
            // until it is kept
            content.stop().join();
        }
        registry.forgetSeen();
    }

    private Endpoints open(String deadline) throws ConfigException {
        MirrorConfig config = ConfigLoader.parse(
                "test",
                "upstreams: { docker.io: { url: \"%s\", internal: true, deadlines: { headers: %s } } }"
                        .formatted(registry.url(), deadline),
                Map.of());
        return Endpoints.open(
                config.upstreams().get(Registry.DOCKER_HUB),
                egress -> new HttpClient(loops, egress),
                new Machine(Map.of(), clock, () -> 0, pool, Clients.on(loops)),
                asked -> {},
                clock.ticker());
    }

    @AfterEach
    void close() throws Exception {
        content.stop().join();
        upstream.close();
        store.close();
        pool.shutdownNow();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
        registry.close();
    }

    @Test
    void keepsNobodyFromWhatIsHeldAndIsAskedNoMoreOftenThanEveryTenSeconds() {
        registry.fault(Fault.HANG);
        for (int second = 1; second <= SILENT_SECONDS; second++) {
            clock.turnTo(Duration.ofSeconds(second));
            assertThat(resolve(upstream, TAG).source()).isEqualTo(Resolved.Source.STALE);
            assertThat(resolve(upstream, new Reference.ByDigest(image.digest())).source())
                    .isEqualTo(Resolved.Source.HIT);
            assertThat(pullLayer(upstream).source()).isEqualTo(Blob.Source.HIT);
            assertThat(refusal(new Reference.Tag("unknown"))).isInstanceOf(RegistryException.Unavailable.class);
            awaitProbe();
        }

        // at once, after 1, 2, 4 and 8 seconds, and then after 10 each
        assertThat(registry.count("/v2/")).isBetween(2L, 65L);
        Await.until("nobody waits for it", () -> content.upstreamWaiting() == 0);
        Await.until("no connection is left", () -> registry.openConnections() == 0);

        registry.clearFaults();
        AtomicInteger second = new AtomicInteger(SILENT_SECONDS);
        Await.until("it is found to be back", () -> {
            clock.turnTo(Duration.ofSeconds(second.addAndGet(11)));
            resolve(upstream, TAG);
            awaitProbe();
            return resolve(upstream, TAG).staleBecause().isEmpty();
        });
    }

    /** Waits until whoever was sent to find out whether it is back has found out, and nobody waits for the upstream. */
    private void awaitProbe() {
        Await.until("nobody waits", () -> content.upstreamWaiting() == 0);
    }

    private Resolved resolve(Endpoints from, Reference reference) {
        return content.resolve(from, ALPINE, reference, PATTERN, TagRule.FREE).join();
    }

    private Throwable refusal(Reference reference) {
        try {
            throw new AssertionError("it was answered: " + resolve(upstream, reference));
        } catch (CompletionException e) {
            return e.getCause();
        }
    }

    private Blob pullLayer(Endpoints from) {
        Blob blob = content.blob(from, ALPINE, layer, true).join();
        assertThat(new ContentFixture.Reading(blob, 0, blob.body().size()).all().join())
                .isEqualTo(image.layer(0).bytes());
        return blob;
    }
}
