package io.entrepot.server;

import io.entrepot.config.ConfigException;
import io.entrepot.config.MirrorConfig;
import io.entrepot.server.access.AccessOpener;
import io.entrepot.server.admin.AdminApi;
import io.entrepot.server.admin.AdminServer;
import io.entrepot.server.admin.AuditApi;
import io.entrepot.server.admin.CacheApi;
import io.entrepot.server.admin.Health;
import io.entrepot.server.admin.LoopWatch;
import io.entrepot.server.admin.Metrics;
import io.entrepot.server.admin.NodesApi;
import io.entrepot.server.admin.PullApi;
import io.entrepot.server.admin.UpstreamsApi;
import io.entrepot.server.audit.query.QueryProcess;
import io.entrepot.server.audit.tlog.CheckpointSink;
import io.entrepot.server.audit.tlog.VerifierKey;
import io.entrepot.server.cli.BuildInfo;
import io.entrepot.server.content.CachedContent;
import io.entrepot.server.content.Store;
import io.entrepot.server.http.Bounds;
import io.entrepot.server.http.DataServer;
import io.entrepot.server.http.RequestLog;
import io.entrepot.server.http.Requests;
import io.entrepot.server.inspect.AuditQueries;
import io.entrepot.server.inspect.Holdings;
import io.entrepot.server.inspect.StateDir;
import io.entrepot.server.inspect.Stores;
import io.entrepot.server.log.LogSetup;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Transport;
import io.entrepot.server.pull.Notebook;
import io.entrepot.server.pull.PullService;
import io.entrepot.server.pull.Warmer;
import io.entrepot.server.tls.ServerTls;
import io.entrepot.server.trust.Trust;
import io.entrepot.storage.disk.DiskStore;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a mirror together, from the disk up to the ports; what is open when a step fails is closed again. */
final class Wiring {

    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);
    private static final int LOOPS = Runtime.getRuntime().availableProcessors();

    private final MirrorConfig config;
    private final Mirror.Options options;
    private final StateDir state;
    private final Opened opened = new Opened();
    private final Metrics metrics = new Metrics(BuildInfo.version());
    private final Readiness readiness = new Readiness();
    private final QueryProcess queries;

    private Wiring(MirrorConfig config, Mirror.Options options) {
        this.config = config;
        this.options = options;
        this.state = StateDir.of(config);
        this.queries = AuditQueries.of(state);
    }

    static Mirror start(MirrorConfig config, Mirror.Options options) throws StartException {
        Wiring wiring = new Wiring(config, options);
        boolean done = false;
        try {
            Mirror mirror = wiring.run();
            done = true;
            return mirror;
        } finally {
            if (!done) {
                wiring.opened.close();
            }
        }
    }

    private Mirror run() throws StartException {
        opened.add(queries);
        Happenings happenings = new Happenings();
        IncidentDesk incidents = new IncidentDesk(metrics, happenings);
        DiskStore disk = disk(incidents);
        Natives.load();
        EventLoopGroup loops = loops();
        Auditing audit = audit(loops, happenings);
        ScheduledExecutorService housekeeping = housekeeping();
        ServerTls tls = Certificates.open(config, options.selfTls(), state, housekeeping);
        Store store = new Store(disk.blobs(), disk.tags(), disk.links(), disk.executor());
        TrustedClock trusted = trusted(housekeeping);
        AccessOpener access = access(loops, tls);
        Reloading reloading = reloading(loops, trusted, access, tls, happenings, incidents, housekeeping);
        metrics.endpoints(() -> reloading.upstreams().suspended());
        CachedContent content = content(store, incidents, trusted, reloading);
        Notebook notebook = notebook(housekeeping);
        PullService pulls = new PullService(reloading::settings, content, new Trust(), audit.log(), notebook, metrics);
        DataServer data = new DataServer(Transport.best(), loops, Bounds.of(config), pulls, requests(reloading));
        opened.add(() -> Waiting.atMost(data.close(Duration.ZERO), 5));
        data.sampleDescriptors();
        every(Duration.ofSeconds(1), "descriptors", data::sampleDescriptors);
        repeat(
                housekeeping,
                Duration.ofSeconds(10),
                new ClockWatch(InstantSource.system(), System::nanoTime, happenings::clockSet)::look);
        metrics.clients(data);
        metrics.budgets(() -> reloading.openUpstreams().stream()
                .flatMap(upstream -> upstream.budgets().stream())
                .toList());
        AdminApi api = adminApi(disk, loops, reloading, content, pulls, notebook, access, audit);
        awaitIndex(disk);
        int port = listen(data, tls);
        AdminServer admin = listen(api);
        happenings.started(
                BuildInfo.version(),
                options.file(),
                reloading.settings().policy().version());
        readiness.serving();
        disk.lookAfter();
        Mirror mirror = new Mirror(opened, reloading, readiness, data, port, admin);
        announce(mirror, tls);
        return mirror;
    }

    private AccessOpener access(EventLoopGroup loops, @Nullable ServerTls tls) throws StartException {
        try {
            AccessOpener access =
                    opened.add(new AccessOpener(egress -> new HttpClient(loops, egress), state.nodes(), metrics));
            every(Duration.ofSeconds(2), "access-files", access::follow);
            if (tls != null) {
                tls.onOtherClients(access::forgetTokens);
            }
            return access;
        } catch (IOException e) {
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }

    private Reloading reloading(
            EventLoopGroup loops,
            TrustedClock trusted,
            AccessOpener access,
            @Nullable ServerTls tls,
            Happenings happenings,
            IncidentDesk incidents,
            ScheduledExecutorService housekeeping)
            throws StartException {
        try {
            return opened.add(new Reloading(
                    options,
                    config,
                    UpstreamOpener.on(loops, new UpstreamNews(metrics, trusted, incidents)),
                    access,
                    PolicyBasis.open(state.rules(), trusted),
                    tls,
                    metrics,
                    happenings,
                    housekeeping));
        } catch (IOException | ConfigException e) {
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }

    private ScheduledExecutorService housekeeping() {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(Threads.named("housekeeping"));
        opened.add(thread::shutdownNow);
        return thread;
    }

    /** On a thread of its own: what it looks at must be seen also while a disk hangs. */
    private void every(Duration time, String name, Runnable work) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(Threads.named(name));
        opened.add(thread::shutdownNow);
        repeat(thread, time, work);
    }

    /** A failure is no reason not to do it the next time. */
    private static void repeat(ScheduledExecutorService thread, Duration time, Runnable work) {
        Runnable guarded = () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("housekeeping failed");
            }
        };
        thread.scheduleWithFixedDelay(guarded, time.toMillis(), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Looked after on a thread of its own: a store that hangs must not keep the log from telling that it does. */
    private Auditing audit(EventLoopGroup loops, Happenings happenings) throws StartException {
        // what takes the last checkpoint is opened before the log, and so closed after it
        AuditSinks sinks = new AuditSinks(loops, config.proxy());
        List<CheckpointSink> checkpoints = sinks.checkpoints(config.audit().checkpoints(), opened, this::oneThread);
        Optional<Auditing.Witnessing> witness = witness(sinks);
        Auditing audit = opened.add(Auditing.open(config.audit(), new Loops(loops)));
        audit.export(sinks.open(config.audit().export()));
        audit.start(checkpoints, witness);
        happenings.opened(audit.log());
        opened.add(happenings::stopped);
        audit.metrics(metrics);
        every(Duration.ofSeconds(1), "audit-watch", audit::watch);
        every(Duration.ofSeconds(5), "audit-counts", audit::flush);
        every(Duration.ofSeconds(5), "audit", audit::lookAfter);
        every(Duration.ofMinutes(10), "audit-parquet", new Deriving(audit, queries)::step);
        audit.parquet(new Buckets(loops, config.proxy()), queries, opened).ifPresent(export -> {
            export.metrics(metrics);
            every(Duration.ofMinutes(1), "audit-bucket", export::step);
        });
        return audit;
    }

    private Optional<Auditing.Witnessing> witness(AuditSinks sinks) throws StartException {
        try {
            return config.audit()
                    .witness()
                    .map(witness -> new Auditing.Witnessing(
                            opened.add(sinks.witness(witness.internal())),
                            witness.url(),
                            VerifierKey.parse(witness.key()),
                            oneThread("audit-witness")));
        } catch (IllegalArgumentException e) {
            throw new StartException("audit.witness.key: " + e.getMessage());
        }
    }

    private ExecutorService oneThread(String name) {
        ExecutorService thread = Executors.newSingleThreadExecutor(Threads.named(name));
        opened.add(() -> {
            thread.shutdown();
            if (!thread.awaitTermination(2, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        });
        return thread;
    }

    private DiskStore disk(IncidentDesk incidents) throws StartException {
        DiskStore store = opened.add(openStore(config, incidents));
        metrics.store(store.blobs()::usage);
        metrics.counter("entrepot_log_lines_dropped", "Log lines that nobody took in time.", LogSetup::dropped);
        return store;
    }

    private static DiskStore openStore(MirrorConfig config, IncidentDesk incidents) throws StartException {
        try {
            return Stores.serving(config, incidents::ofStore);
        } catch (IOException e) {
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }

    /** It was read beside all that came before; nobody is let in who would have to wait for it. */
    private static void awaitIndex(DiskStore disk) {
        disk.loaded().join();
    }

    private EventLoopGroup loops() {
        EventLoopGroup loops = Transport.best().loops(LOOPS, "loop");
        opened.add(() -> loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).await());
        return loops;
    }

    private TrustedClock trusted(ScheduledExecutorService housekeeping) {
        TrustedClock clock = opened.add(TrustedClock.open(state.trustedTime()));
        repeat(housekeeping, Duration.ofMinutes(1), clock::save);
        return clock;
    }

    private CachedContent content(Store store, IncidentDesk incidents, TrustedClock trusted, Reloading reloading) {
        CachedContent content = new CachedContent(
                store, config.fills(), incidents::ofContent, new SteadyClock(), trusted, reloading::restrictsReading);
        opened.add(() -> Waiting.atMost(content.stop(), 10));
        metrics.content(content.stats());
        metrics.gauge("entrepot_fills_running", "Downloads in progress.", content::fillsRunning);
        metrics.gauge("entrepot_relays_running", "Transfers that are not kept, in progress.", content::relaysRunning);
        metrics.gauge(
                "entrepot_upstream_waiting", "Clients that wait for an upstream's answer.", content::upstreamWaiting);
        metrics.gauge(
                "entrepot_readers_waiting", "Clients that wait for bytes of a download.", content::readersWaiting);
        return content;
    }

    private Requests requests(Reloading reloading) {
        Requests log = new RequestLog();
        return metrics.and(exchange -> {
            if (reloading.config().log().requests()) {
                log.finished(exchange);
            }
        });
    }

    private Notebook notebook(ScheduledExecutorService housekeeping) {
        SightingsFile misses = opened.add(SightingsFile.open(state.misses()));
        SightingsFile discovered = opened.add(SightingsFile.open(state.discovered()));
        repeat(housekeeping, Duration.ofMinutes(1), misses::save);
        repeat(housekeeping, Duration.ofMinutes(1), discovered::save);
        metrics.gauge(
                "entrepot_offline_misses",
                "Names that an offline mirror was asked for in vain.",
                misses.sightings()::size);
        return new Notebook(misses.sightings(), discovered.sightings());
    }

    private int listen(DataServer data, @Nullable ServerTls tls) throws StartException {
        MirrorConfig.Listen listen = config.listen();
        InetSocketAddress address = Listening.address("listen", listen.address(), listen.port());
        return Listening.bound("listen", address, tls == null ? data.bind(address) : data.bindTls(address, tls))
                .getPort();
    }

    private AdminApi adminApi(
            DiskStore store,
            EventLoopGroup loops,
            Reloading reloading,
            CachedContent content,
            PullService pulls,
            Notebook notebook,
            AccessOpener access,
            Auditing audit) {
        LoopWatch watch = opened.add(new LoopWatch(loops));
        metrics.loops(watch);
        return new AdminApi(
                new Health(watch, () -> obstacles(audit)),
                metrics,
                new Explaining(
                        reloading::config,
                        reloading::settings,
                        new Holdings(store.blobs(), store.tags(), store.links()),
                        content,
                        store.executor()),
                new CacheApi(store.blobs(), store::garbage, store.executor()),
                new PullApi(notebook, new Warmer(pulls)::warm),
                new NodesApi(access.nodes(), () -> reloading.config().access().nodes(), store.executor()),
                new UpstreamsApi(reloading::openUpstreams),
                new Pinning(reloading::settings, content, store.tags(), store.executor()),
                auditApi(audit),
                reloading,
                () -> new AdminApi.Tokens(
                        reloading.config().admin().token(),
                        reloading.config().admin().auditToken()));
    }

    /** Questions wait for one another on threads of their own: an answer may take minutes. */
    private AuditApi auditApi(Auditing audit) {
        ExecutorService questions = Executors.newCachedThreadPool(Threads.named("audit-question"));
        opened.add(questions::shutdownNow);
        return new AuditApi(
                audit.kept(), audit.log(), queries, questions, config.audit().teamsByNamespace());
    }

    private List<String> obstacles(Auditing audit) {
        List<String> all = new ArrayList<>(readiness.obstacles());
        audit.obstacle().ifPresent(all::add);
        return all;
    }

    private AdminServer listen(AdminApi api) throws StartException {
        InetSocketAddress address = Listening.address(
                "admin", config.admin().address(), config.admin().port());
        try {
            return opened.add(AdminServer.start(api, address, state.adminSocket()));
        } catch (IOException e) {
            throw Listening.failed("admin", address, e);
        }
    }

    private List<String> upstreams() {
        List<String> keys = new ArrayList<>();
        config.upstreams().values().forEach(each -> keys.add(each.key() + (each.offline() ? " (offline)" : "")));
        config.upstreamPatterns()
                .forEach(each -> keys.add(each.pattern() + (each.template().offline() ? " (offline)" : "")));
        return keys;
    }

    private void announce(Mirror mirror, @Nullable ServerTls tls) {
        ProxyNotes.log(config, System.getenv());
        LOG.atInfo()
                .addKeyValue("version", BuildInfo.version())
                .addKeyValue("data", config.listen().address() + ":" + mirror.port())
                .addKeyValue("tls", tls != null)
                .addKeyValue("admin", config.admin().address() + ":" + mirror.adminPort())
                .addKeyValue("upstreams", upstreams())
                .addKeyValue("store", state.store().toAbsolutePath())
                .log("serving");
    }
}
