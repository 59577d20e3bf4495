package io.entrepot.server.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.HubLimits;
import io.entrepot.loadtest.budget.Cluster;
import io.entrepot.loadtest.budget.Cluster.Step;
import io.entrepot.loadtest.budget.Least;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Registry;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.net.Clients;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Machine;
import io.entrepot.server.net.Transport;
import io.entrepot.server.upstream.Endpoints;
import io.entrepot.server.upstream.Payer;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.storage.disk.DiskStore;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A day of a cluster of 500 nodes and 200 images before an upstream that grants 100 pulls in six hours, in seconds: time
 * passes from step to step. What the mirror asks is held against the least that would do.
 */
class BudgetSimulationTest {

    private static final Registry HUB = Registry.DOCKER_HUB;
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration WINDOW = Duration.ofHours(6);
    private static final Duration FRESH = Duration.ofMinutes(5);
    private static final TagPattern PATTERN = new TagPattern(
            "**", TagPattern.Mode.REVALIDATE, FRESH, Duration.ofDays(7), Duration.ofSeconds(30), false, false);

    private final VirtualClock clock = new VirtualClock();
    private final ExecutorService pool = Executors.newFixedThreadPool(2);
    private final EventLoopGroup loops = Transport.best().loops(1, "simulation");
    private final Least least = new Least(FRESH);
    private DiskStore store;
    private CachedContent content;
    private int answered;
    private int stale;
    private int refused;
    private int failedThoughCached;

    @BeforeEach
    void open(@TempDir Path dir) throws Exception {
        store = DiskStore.open(dir.resolve("store"), DiskStore.Options.of(1L << 30), incident -> {});
        content = new CachedContent(
                new Store(store.blobs(), store.tags(), store.links(), pool),
                new MirrorConfig.Fills(1L << 30, 8, 2, 3, 4_096, 256, 5_000),
                incident -> {},
                clock);
    }

    @AfterEach
    void close() throws Exception {
        content.stop().join();
        store.close();
        pool.shutdownNow();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
    }

    @Test
    void nothingThatIsCachedFailsAndNoMoreIsAskedThanMustBe() throws Exception {
        HubLimits limits = HubLimits.pulls(100, WINDOW, clock);
        Spent spent = run(limits, new Cluster(500, 200, 6_000, DAY, 7));

        assertThat(failedThoughCached).isZero();
        assertThat(refused).as("the limit was felt").isPositive();
        assertThat(stale).as("tags were believed longer").isPositive();
        assertThat(answered + refused).isEqualTo(6_000);
        assertThat((double) spent.all() / least.requests())
                .as(this + ", " + spent)
                .isLessThanOrEqualTo(1.05);
        assertThat(limits.refusedPulls()).as("of what counts, refused there").isZero();
        assertThat(spent.gets()).as("one GET for each distinct digest").isEqualTo(least.gets());
    }

    @Test
    void exactlyWhatMustBeIsAskedWhereEnoughIsGranted() throws Exception {
        Spent spent = run(HubLimits.pulls(10_000, WINDOW, clock), new Cluster(500, 200, 2_000, DAY.dividedBy(3), 7));

        assertThat(failedThoughCached + refused + stale).as(toString()).isZero();
        assertThat(spent).isEqualTo(new Spent(least.gets(), least.heads()));
    }

    /** What came to the upstream about manifests. */
    private record Spent(long gets, long heads) {
        long all() {
            return gets + heads;
        }
    }

    private Spent run(HubLimits limits, Cluster cluster) throws ConfigException {
        try (FakeRegistry registry = FakeRegistry.builder().limits(limits).start();
                Endpoints upstream = upstream(registry)) {
            cluster.pushTo(registry);
            for (Step step : cluster.steps()) {
                clock.turnTo(step.at());
                if (step.moves()) {
                    cluster.move(registry, step.image());
                } else {
                    pull(upstream.onBehalfOf(new Payer("node-" + step.node(), false, false)), step);
                }
            }
            registry.awaitIdle();
            return new Spent(registry.count("GET", "/manifests/"), registry.count("HEAD", "/manifests/"));
        }
    }

    private Endpoints upstream(FakeRegistry registry) throws ConfigException {
        MirrorConfig config = ConfigLoader.parse(
                "simulation",
                "upstreams: { docker.io: { url: \"%s\", internal: true } }".formatted(registry.url()),
                Map.of());
        return Endpoints.open(
                config.upstreams().get(HUB),
                egress -> new HttpClient(loops, egress),
                new Machine(Map.of(), clock, () -> 0, pool, Clients.on(loops)),
                asked -> {},
                clock.ticker());
    }

    private void pull(Upstream upstream, Step step) {
        Repository repository = new Repository(HUB, Cluster.repository(step.image()));
        boolean cached = least.isCached(step.image());
        try {
            Resolved tag = resolve(upstream, repository, new Reference.Tag(Cluster.TAG));
            least.pulled(step.image(), step.at());
            stale += tag.staleBecause().isPresent() ? 1 : 0;
            if (tag.manifest() instanceof Manifest.Index index) {
                resolve(
                        upstream,
                        repository,
                        new Reference.ByDigest(
                                index.entries().get(0).descriptor().digest()));
            }
            answered++;
            least.whole(step.image());
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(RegistryException.Unavailable.class);
            refused++;
            failedThoughCached += cached ? 1 : 0;
        }
    }

    private Resolved resolve(Upstream upstream, Repository repository, Reference reference) {
        Resolved resolved = content.resolve(upstream, repository, reference, PATTERN, TagRule.FREE)
                .join();
        content.admit(upstream, repository, resolved).join();
        least.came(resolved.manifest().descriptor().digest());
        return resolved;
    }

    @Override
    public String toString() {
        return answered + " pulls answered, " + stale + " of them stale, " + refused + " refused, "
                + failedThoughCached + " of what is cached; least: " + least.gets() + " GET, " + least.heads()
                + " HEAD";
    }
}
