package io.entrepot.server;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.ConfigProblem;
import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.server.access.AccessOpener;
import io.entrepot.server.admin.Metrics;
import io.entrepot.server.admin.Reloads;
import io.entrepot.server.pull.Settings;
import io.entrepot.server.tls.ServerTls;
import io.entrepot.server.upstream.Upstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the configuration that is in force, and exchanges it for another as a whole or not at all. */
final class Reloading implements Reloads, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);

    /** A pull that began with an upstream that is gone may still use it for so long. */
    private static final long FAREWELL_MINUTES = 60;

    private final Mirror.Options options;
    private final MirrorConfig started;
    private final Function<UpstreamConfig, Upstreams.Open> opener;
    private final AccessOpener access;
    private final PolicyBasis basis;
    private final @Nullable ServerTls tls;
    private final Metrics metrics;
    private final Happenings happenings;
    private final ScheduledExecutorService housekeeping;
    private volatile Current current;

    Reloading(
            Mirror.Options options,
            MirrorConfig config,
            Function<UpstreamConfig, Upstreams.Open> opener,
            AccessOpener access,
            PolicyBasis basis,
            @Nullable ServerTls tls,
            Metrics metrics,
            Happenings happenings,
            ScheduledExecutorService housekeeping)
            throws IOException, ConfigException {
        this.options = options;
        this.started = config;
        this.opener = opener;
        this.access = access;
        this.basis = basis;
        this.tls = tls;
        this.metrics = metrics;
        this.happenings = happenings;
        this.housekeeping = housekeeping;
        AccessOpener.Opening who = access.open(config);
        PolicyBasis.Reading rules = basis.read(config.policy());
        this.current = Current.first(config, who.access(), rules.policy(), opener);
        who.use();
        basis.use(rules);
        housekeeping.scheduleWithFixedDelay(
                () -> farewell(current.upstreams().found().takeUnused()), 1, 1, TimeUnit.MINUTES);
        housekeeping.scheduleWithFixedDelay(this::lookAgain, 1, 1, TimeUnit.SECONDS);
    }

    /** Pins and lists of denied digests hold as soon as their files change; one that is broken changes nothing. */
    private void lookAgain() {
        try {
            if (!basis.isChanged()) {
                return;
            }
            Settings before = current.settings();
            PolicyBasis.Reading rules = basis.read(current.config().policy());
            basis.use(rules);
            current = current.with(rules.policy());
            happenings.ruled(
                    before.policy().version(),
                    current.settings().policy().version(),
                    current.settings().version());
            metrics.reload(true);
            LOG.atInfo().addKeyValue("version", current.settings().version()).log("pins and denied digests read again");
        } catch (ConfigException e) {
            basis.pass(current.config().policy());
            metrics.reload(false);
            e.problems()
                    .forEach(problem -> LOG.atError()
                            .addKeyValue("problem", problem)
                            .log("pins and denied digests refused, the old ones stay"));
        } catch (RuntimeException e) {
            // a failure is no reason not to look the next time
            LOG.atError().setCause(e).log("pins and denied digests not read");
        }
    }

    MirrorConfig config() {
        return current.config();
    }

    boolean restrictsReading() {
        return current.restrictsReading();
    }

    Upstreams upstreams() {
        return current.upstreams();
    }

    Settings settings() {
        return current.settings();
    }

    /** Those that are open. */
    List<Upstream> openUpstreams() {
        return current.upstreams().all().stream().map(Upstreams.Open::upstream).toList();
    }

    /** One at a time, on the housekeeping thread: reading files may block. */
    @Override
    public CompletableFuture<Outcome> reload() {
        return CompletableFuture.supplyAsync(this::readAgain, housekeeping);
    }

    private Outcome readAgain() {
        Settings before = current.settings();
        Outcome outcome = attempt();
        metrics.reload(outcome.accepted());
        if (outcome.accepted()) {
            happenings.configured(
                    options.file(),
                    before.policy().version(),
                    current.settings().policy().version(),
                    outcome.version());
            LOG.atInfo().addKeyValue("version", outcome.version()).log("configuration read again");
        } else {
            happenings.misconfigured(options.file(), outcome.problems());
            LOG.atError().addKeyValue("version", outcome.version()).log("configuration refused, the old one stays");
        }
        outcome.problems()
                .forEach(
                        problem -> LOG.atError().addKeyValue("problem", problem).log("configuration"));
        outcome.needsRestart()
                .forEach(change -> LOG.atWarn().addKeyValue("change", change).log("configuration"));
        return outcome;
    }

    private Outcome attempt() {
        Path file = options.file();
        if (file == null) {
            return refused(List.of("the mirror was started without a configuration file: there is none to read again"));
        }
        try {
            MirrorConfig next = ConfigLoader.load(file);
            hold(next);
            return new Outcome(current.settings().version(), List.of(), RestartNeeded.between(started, next));
        } catch (ConfigException e) {
            return refused(e.problems().stream().map(ConfigProblem::toString).toList());
        } catch (IOException e) {
            return refused(List.of(String.valueOf(e.getMessage())));
        }
    }

    /** Reads everything before it uses anything: what is refused has changed nothing, also nothing of what is followed. */
    private void hold(MirrorConfig next) throws IOException, ConfigException {
        Runnable certificate = certificate(next);
        AccessOpener.Opening who = access.open(next);
        PolicyBasis.Reading rules = basis.read(next.policy());
        Current coming = current.next(next, who.access(), rules.policy(), opener);
        certificate.run();
        swap(coming);
        who.use();
        basis.use(rules);
    }

    private Runnable certificate(MirrorConfig next) throws IOException {
        if (tls == null) {
            return () -> {};
        }
        Optional<Path> clients = next.access().clientCa();
        ServerTls.Loaded loaded =
                next.listen().tls().isPresent() ? tls.load(next.listen().tls().get(), clients) : tls.load(clients);
        return () -> tls.use(loaded);
    }

    private void swap(Current next) {
        Current before = current;
        current = next;
        if (!before.config().log().equals(next.config().log())) {
            options.onLog().accept(next.config().log());
        }
        farewell(before.upstreams().without(next.upstreams()));
    }

    private void farewell(List<Upstreams.Open> gone) {
        gone.forEach(each -> housekeeping.schedule(each.close(), FAREWELL_MINUTES, TimeUnit.MINUTES));
    }

    private Outcome refused(List<String> problems) {
        return new Outcome(current.settings().version(), problems, List.of());
    }

    @Override
    public void close() {
        current.upstreams().all().forEach(open -> open.close().run());
    }
}
