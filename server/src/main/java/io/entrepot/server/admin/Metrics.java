package io.entrepot.server.admin;

import io.entrepot.server.access.AccessEvents;
import io.entrepot.server.access.Proof;
import io.entrepot.server.content.ContentStats;
import io.entrepot.server.http.DataServer;
import io.entrepot.server.http.DataStats;
import io.entrepot.server.http.Exchanged;
import io.entrepot.server.http.Requests;
import io.entrepot.server.pull.Decisions;
import io.entrepot.server.upstream.BudgetReport;
import io.entrepot.server.upstream.UpstreamEvents;
import io.entrepot.storage.BlobStore.Usage;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every number that the mirror tells Prometheus. No label carries what a client chose: no repository, no tag, no address.
 */
public final class Metrics implements Requests, UpstreamEvents, AccessEvents, Decisions {

    private final CollectorRegistry registry = new CollectorRegistry();
    private final Samples samples = new Samples();
    private final Map<RequestKey, RequestChildren> requestChildren = new ConcurrentHashMap<>();
    private final Map<UpstreamKey, UpstreamChildren> upstreamChildren = new ConcurrentHashMap<>();
    private final Map<DecisionKey, Counter.Child> decisionChildren = new ConcurrentHashMap<>();

    private final Counter requests = Counter.build(
                    "entrepot_requests_total", "Requests answered, by kind, status, and how the answer came about.")
            .labelNames("kind", "status", "cache")
            .register(registry);
    private final Counter sent = Counter.build("entrepot_sent_bytes_total", "Bytes of content sent to clients.")
            .labelNames("kind")
            .register(registry);
    private final Counter hits = Counter.build(
                    "entrepot_cache_hits_total", "Answers for which no upstream sent content.")
            .labelNames("kind")
            .register(registry);
    private final Counter misses = Counter.build(
                    "entrepot_cache_misses_total", "Answers for which an upstream sent content.")
            .labelNames("kind")
            .register(registry);
    private final Counter upstreamRequests = Counter.build(
                    "entrepot_upstream_requests_total", "Requests to upstreams, by what came of them.")
            .labelNames("upstream", "endpoint", "result")
            .register(registry);
    private final Histogram upstreamSeconds = Histogram.build(
                    "entrepot_upstream_request_seconds", "From a request to an upstream to the headers of its answer.")
            .labelNames("upstream")
            .buckets(.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30)
            .register(registry);
    private final Counter repeated = Counter.build(
                    "entrepot_upstream_repeated_total",
                    "Requests that failed of what may pass, and were sent once more.")
            .labelNames("upstream")
            .register(registry);
    private final Counter passedOn = Counter.build(
                    "entrepot_upstream_passed_on_total",
                    "Questions that the next endpoint of an upstream was asked, since one failed.")
            .labelNames("upstream")
            .register(registry);
    private final Counter incidents = Counter.build("entrepot_incidents_total", "What went wrong and was dealt with.")
            .labelNames("kind")
            .register(registry);
    private final Counter reloads = Counter.build(
                    "entrepot_config_reloads_total", "Configurations read again, by result.")
            .labelNames("result")
            .register(registry);
    private final Counter outOfDirectMemory = Counter.build(
                    "entrepot_out_of_direct_memory_total", "Connections closed for want of direct memory.")
            .register(registry);
    private final Gauge build = Gauge.build("entrepot_build_info", "Always 1; says what runs.")
            .labelNames("version", "java", "netty")
            .register(registry);

    private final Counter auth = Counter.build(
                    "entrepot_auth_total", "Attempts to prove who somebody is, by method and what became of them.")
            .labelNames("method", "outcome")
            .register(registry);

    private final Counter decisions = Counter.build(
                    "entrepot_policy_decisions_total",
                    "Requests for manifests, blobs and lists that a rule decided, by what it did; rule default: none matched.")
            .labelNames("rule", "verdict")
            .register(registry);

    private record RequestKey(Exchanged.Kind kind, int status, String cache) {}

    /** What one kind of request counts, looked up once. */
    private record RequestChildren(Counter.Child requests, Counter.Child sent, Counter.@Nullable Child outcome) {

        void count(long bytes) {
            requests.inc();
            sent.inc((double) bytes);
            if (outcome != null) {
                outcome.inc();
            }
        }
    }

    private record DecisionKey(String rule, Decisions.Outcome outcome) {}

    private record UpstreamKey(String upstream, Endpoint endpoint, String result) {}

    /** What one result of one upstream counts, looked up once. */
    private record UpstreamChildren(Counter.Child requests, Histogram.Child seconds) {

        void count(long nanos) {
            requests.inc();
            seconds.observe(nanos / 1e9);
        }
    }

    public Metrics(String version) {
        build.labels(version, Runtime.version().toString(), NettyVersion.text()).set(1);
        ProcessSamples.addTo(samples);
        registry.register(samples);
    }

    @Override
    public void finished(Exchanged exchange) {
        RequestKey key = new RequestKey(exchange.kind(), exchange.status(), exchange.cache());
        RequestChildren children = requestChildren.get(key);
        if (children == null) {
            children = requestChildren.computeIfAbsent(key, this::children);
        }
        children.count(exchange.bytes());
    }

    private RequestChildren children(RequestKey key) {
        String kind = key.kind.name().toLowerCase(Locale.ROOT);
        String cache = key.cache.isEmpty() ? "none" : key.cache;
        Counter.@Nullable Child outcome = switch (cache) {
            case "hit", "revalidated", "stale" -> hits.labels(kind);
            case "fetched", "fill", "relay", "miss" -> misses.labels(kind);
            default -> null;
        };
        return new RequestChildren(
                requests.labels(kind, Integer.toString(key.status), cache), sent.labels(kind), outcome);
    }

    @Override
    public void asked(Asked asked) {
        UpstreamKey key = new UpstreamKey(asked.upstream(), asked.endpoint(), asked.result());
        UpstreamChildren children = upstreamChildren.get(key);
        if (children == null) {
            children = upstreamChildren.computeIfAbsent(key, this::children);
        }
        children.count(asked.nanos());
    }

    private UpstreamChildren children(UpstreamKey key) {
        String endpoint = key.endpoint.name().toLowerCase(Locale.ROOT);
        String result = key.result.toLowerCase(Locale.ROOT);
        return new UpstreamChildren(
                upstreamRequests.labels(key.upstream, endpoint, result), upstreamSeconds.labels(key.upstream));
    }

    @Override
    public void repeated(String upstream) {
        repeated.labels(upstream).inc();
    }

    @Override
    public void passedOn(String upstream) {
        passedOn.labels(upstream).inc();
    }

    @Override
    public void attempted(Proof proof, AccessEvents.Outcome outcome) {
        auth.labels(proof.label(), outcome.name().toLowerCase(Locale.ROOT)).inc();
    }

    @Override
    public void decided(String rule, Decisions.Outcome outcome) {
        DecisionKey key = new DecisionKey(rule, outcome);
        Counter.Child child = decisionChildren.get(key);
        if (child == null) {
            child = decisionChildren.computeIfAbsent(key, this::child);
        }
        child.inc();
    }

    private Counter.Child child(DecisionKey key) {
        return decisions.labels(
                key.rule.isEmpty() ? "default" : key.rule, key.outcome.name().toLowerCase(Locale.ROOT));
    }

    public void incident(String kind) {
        incidents.labels(kind).inc();
    }

    public void reload(boolean accepted) {
        reloads.labels(accepted ? "accepted" : "refused").inc();
    }

    @Override
    public void outOfDirectMemory() {
        outOfDirectMemory.inc();
    }

    /** A number that is read when it is asked for. */
    public void gauge(String name, String help, DoubleSupplier value) {
        samples.gauge(name, help, value);
    }

    /** A number that only grows, read when it is asked for. */
    public void counter(String name, String help, DoubleSupplier value) {
        samples.counter(name, help, value);
    }

    public void loops(LoopWatch watch) {
        samples.gauges(
                "entrepot_event_loop_lag_seconds",
                "How late an event loop came to its timer at most, since the last scrape.",
                "loop",
                watch::lags);
    }

    /** By upstream, how many of its endpoints are not asked. */
    public void endpoints(Supplier<Map<String, Double>> suspended) {
        samples.named(
                "entrepot_upstream_endpoints_suspended",
                "Endpoints that are not asked now, since they failed again and again, or hang.",
                "upstream",
                suspended);
    }

    /** What the store says of itself. */
    public void store(Supplier<Usage> usage) {
        gauge("entrepot_store_blobs", "Blobs held.", () -> usage.get().blobs());
        gauge(
                "entrepot_store_bytes",
                "Bytes of the blobs held.",
                () -> usage.get().bytes());
        gauge(
                "entrepot_store_reserved_bytes",
                "Bytes reserved for blobs that are being fetched.",
                () -> usage.get().reserved());
        gauge(
                "entrepot_store_limit_bytes",
                "The most bytes that the store may hold; +Inf where only the volume limits it.",
                () -> usage.get().limit() == Long.MAX_VALUE
                        ? Double.POSITIVE_INFINITY
                        : usage.get().limit());
        gauge(
                "entrepot_store_free_bytes",
                "Bytes free on the store's volume.",
                () -> usage.get().free());
        counter(
                "entrepot_store_evictions",
                "Blobs evicted to make room.",
                () -> usage.get().evictions());
    }

    /** What upstreams grant, and what became of it. */
    public void budgets(Supplier<List<BudgetReport>> budgets) {
        registry.register(new BudgetSamples(budgets));
    }

    /** Who is connected, and what is done against those who ask too much. */
    public void clients(DataServer data) {
        DataStats stats = data.stats();
        gauge("entrepot_connections", "Open connections of clients.", data::connections);
        gauge("entrepot_requests_in_flight", "Requests that are being answered.", data::inFlight);
        gauge(
                "entrepot_accept_paused",
                "1 while nobody is let in because file descriptors are nearly used up.",
                () -> data.isPaused() ? 1 : 0);
        counter("entrepot_accept_pauses", "How often accepting paused.", stats.pauses::sum);
        counter("entrepot_connections_refused", "Connections closed because of the limit on all.", stats.refused::sum);
        counter(
                "entrepot_client_limit_refusals",
                "Connections and requests refused because their client had too many.",
                stats.refusedOfClient::sum);
        counter("entrepot_slow_readers_closed", "Connections whose client read too slowly.", stats.slowReaders::sum);
        counter("entrepot_slow_requests_closed", "Connections whose request came too slowly.", stats.slowRequests::sum);
        counter("entrepot_bad_proxy_headers", "Trusted proxies' PROXY headers that were none.", stats.badProxies::sum);
        counter(
                "entrepot_requests_shed",
                "Requests refused because memory or file descriptors were nearly used up.",
                stats.shed::sum);
    }

    /** What content counts. */
    public void content(ContentStats stats) {
        counter("entrepot_fills_started", "Downloads of blobs that got an answer.", stats.fillsStarted::sum);
        counter("entrepot_fills_completed", "Downloads whose blob was verified.", stats.fillsCompleted::sum);
        counter("entrepot_fills_failed", "Downloads that ended without a blob.", stats.fillsFailed::sum);
        counter("entrepot_fills_abandoned", "Downloads stopped because nobody read them.", stats.fillsAbandoned::sum);
        counter("entrepot_fills_resumed", "Transfers that broke and were taken up again.", stats.resumes::sum);
        counter("entrepot_relays", "Blobs passed through without being kept.", stats.relays::sum);
        counter("entrepot_rechecks", "Held blobs hashed again before they were trusted.", stats.rechecks::sum);
        counter("entrepot_fetched_bytes", "Bytes of blobs from upstreams.", stats.bytesFetched::sum);
        counter("entrepot_wrong_bodies", "Bodies that broke off because what came was wrong.", stats.wrongBytes::sum);
    }

    Reply scrape() {
        StringWriter out = new StringWriter(16_384);
        try {
            TextFormat.write004(out, Collections.enumeration(families()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Reply.Whole(
                200, TextFormat.CONTENT_TYPE_004, out.toString().getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** Without the {@code _created} series, which are a third of the text and tell what nobody asks. */
    private List<MetricFamilySamples> families() {
        return Collections.list(registry.metricFamilySamples()).stream()
                .map(family -> new MetricFamilySamples(
                        family.name,
                        family.unit,
                        family.type,
                        family.help,
                        family.samples.stream()
                                .filter(sample -> !sample.name.endsWith("_created"))
                                .toList()))
                .toList();
    }
}
