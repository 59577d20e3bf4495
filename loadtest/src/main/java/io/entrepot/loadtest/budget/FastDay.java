package io.entrepot.loadtest.budget;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.HubLimits;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.bench.Contender;
import io.entrepot.loadtest.bench.Contenders;
import io.entrepot.loadtest.bench.NotRunnable;
import io.entrepot.loadtest.budget.Cluster.Step;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.MediaType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hours of a cluster before a mirror whose upstream limits it, passed in minutes: the window of the limit and the freshness
 * of tags are as much shorter as time is faster, and everything else is what it always is.
 */
public final class FastDay {

    /** Of what can be done with fewest requests, this may be asked. */
    public static final double MOST = 1.05;

    private static final Duration WINDOW = Duration.ofHours(6);
    private static final Duration FRESH = Duration.ofMinutes(5);
    private static final Duration STALE = Duration.ofDays(7);
    private static final int CLIENTS = 16;

    private final Path work;
    private final Setting setting;
    private final Cluster cluster;
    private final HubLimits limits;
    private final Least least = new Least(FRESH);
    private final int port = Contender.freePort();
    private final int admin = Contender.freePort();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger stale = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger unexplained = new AtomicInteger();
    private final AtomicInteger failedThoughCached = new AtomicInteger();
    private final AtomicLong late = new AtomicLong();
    private long began;
    private long gets;
    private long heads;

    /**
     * What is played.
     *
     * @param speed how many times faster than it does time passes
     * @param limit manifests that the upstream grants in six hours
     */
    public record Setting(
            Path jar,
            List<String> javaOptions,
            int hours,
            int speed,
            int nodes,
            int images,
            int pullsAnHour,
            int limit) {
        public Setting {
            javaOptions = List.copyOf(javaOptions);
        }

        Duration length() {
            return Duration.ofHours(hours);
        }
    }

    public FastDay(Path work, Setting setting) {
        this.work = work;
        this.setting = setting;
        this.cluster = new Cluster(
                setting.nodes(), setting.images(), setting.pullsAnHour() * setting.hours(), setting.length(), 7);
        this.limits = HubLimits.pulls(setting.limit(), WINDOW.dividedBy(setting.speed()), InstantSource.system());
    }

    /** Plays it, and prints the mirror's own account of it. */
    public void run() throws IOException, InterruptedException {
        try (FakeRegistry upstream = FakeRegistry.builder().limits(limits).start()) {
            cluster.pushTo(upstream);
            Path config = configure(upstream);
            try (Contender mirror = new Contenders(work, "0")
                    .onEveryCore()
                    .mirror("mirror", setting.jar(), setting.javaOptions(), config, port, admin)) {
                play(upstream, mirror);
                show(config);
            }
            gets = upstream.count("GET", "/manifests/");
            heads = upstream.count("HEAD", "/manifests/");
        }
    }

    private Path configure(FakeRegistry upstream) throws IOException {
        return Files.writeString(work.resolve("mirror.yaml"), """
                listen: { address: 127.0.0.1, port: %d, trusted-proxies: [127.0.0.1/32] }
                admin: { address: 127.0.0.1, port: %d }
                upstreams: { docker.io: { url: "%s", internal: true } }
                tags: [{ match: "**", fresh: %dms, stale: %dms, wait: 5s }]
                storage: { disk: { path: "%s", min-free: 0 } }
                drain: { delay: 0s, grace: 1s }
                log: { format: text, level: error }
                """.formatted(
                        port, admin, upstream.url(), fast(FRESH), fast(STALE), work.resolve("cache")));
    }

    private long fast(Duration time) {
        return time.toMillis() / setting.speed();
    }

    private void play(FakeRegistry upstream, Contender mirror) throws InterruptedException {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        began = System.nanoTime();
        for (Step step : cluster.steps()) {
            TimeUnit.NANOSECONDS.sleep(step.at().minus(now()).toNanos() / setting.speed());
            late.accumulateAndGet(now().minus(step.at()).toMillis() / setting.speed(), Math::max);
            if (step.moves()) {
                cluster.move(upstream, step.image());
            } else {
                clients.execute(() -> pull(mirror, step));
            }
        }
        clients.shutdown();
        if (!clients.awaitTermination(2, TimeUnit.MINUTES)) {
            throw new NotRunnable("pulls that do not end");
        }
        upstream.awaitIdle();
    }

    private Duration now() {
        return Duration.ofNanos(System.nanoTime() - began).multipliedBy(setting.speed());
    }

    private void pull(Contender mirror, Step step) {
        boolean cached = least.isCached(step.image());
        Duration at = now();
        Response tag = get(mirror, step, Cluster.TAG);
        if (tag.status() == 200) {
            least.pulled(step.image(), at);
            stale.addAndGet(tag.header("Warning").isEmpty() ? 0 : 1);
        }
        if (tag.status() == 200 && isWhole(mirror, step, tag)) {
            answered.incrementAndGet();
            least.whole(step.image());
        } else if (cached) {
            failedThoughCached.incrementAndGet();
        }
    }

    private boolean isWhole(Contender mirror, Step step, Response tag) {
        MediaType type = MediaType.parse(tag.header("Content-Type"));
        return !(Manifest.parse(tag.digest(), tag.body(), type) instanceof Manifest.Index index)
                || get(
                                        mirror,
                                        step,
                                        index.entries()
                                                .get(0)
                                                .descriptor()
                                                .digest()
                                                .toString())
                                .status()
                        == 200;
    }

    /** As a node behind a balancer. */
    private Response get(Contender mirror, Step step, String reference) {
        URI uri = mirror.url("/v2/docker.io/" + Cluster.repository(step.image()) + "/manifests/" + reference);
        String client = "X-Forwarded-For: 10.1." + step.node() / 250 + "." + (1 + step.node() % 250);
        Response response = RawHttp.get(uri, client);
        if (response.status() == 200) {
            least.came(response.digest());
        } else {
            refused.incrementAndGet();
            boolean explained =
                    response.status() == 503 && !response.header("Retry-After").isEmpty();
            unexplained.addAndGet(explained ? 0 : 1);
        }
        return response;
    }

    /** What {@code entrepot upstreams} says of it all. */
    private void show(Path config) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process command = new ProcessBuilder(
                        java.toString(), "-jar", setting.jar().toString(), "upstreams", "--config", config.toString())
                .inheritIO()
                .start();
        if (!command.waitFor(1, TimeUnit.MINUTES)) {
            command.destroyForcibly();
            throw new UncheckedIOException(new IOException("entrepot upstreams does not end"));
        }
    }

    /** Whether nothing failed that must not, and no more was asked than may be. */
    public boolean held() {
        return failedThoughCached.get() == 0 && unexplained.get() == 0 && ofCounted() <= MOST && ofAll() <= MOST;
    }

    private double ofCounted() {
        return gets / (double) least.gets();
    }

    private double ofAll() {
        return (gets + heads) / (double) least.requests();
    }

    /** What came of it. */
    public String report() {
        return """

                %d nodes, %d images, %d pulls in %d h, passed %d times faster; %d manifests granted in 6 h
                pulls answered              %,9d   of these stale %,d
                failed though cached        %,9d   (expected: 0)
                refused, not cached         %,9d   without a reason and Retry-After %,d (expected: 0)
                upstream GET                %,9d   of these refused by 429 %,d; least %,d
                upstream HEAD               %,9d   least, were tags never believed longer: %,d
                of the least possible       %9.3f   of what counts %.3f (expected: at most %.2f)
                steps late at most          %,9d ms
                """.formatted(
                        setting.nodes(),
                        setting.images(),
                        setting.pullsAnHour() * setting.hours(),
                        setting.hours(),
                        setting.speed(),
                        setting.limit(),
                        answered.get(),
                        stale.get(),
                        failedThoughCached.get(),
                        refused.get(),
                        unexplained.get(),
                        gets,
                        limits.refusedPulls(),
                        least.gets(),
                        heads,
                        least.heads(),
                        ofAll(),
                        ofCounted(),
                        MOST,
                        late.get());
    }
}
