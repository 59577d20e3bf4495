package io.entrepot.server;

import io.entrepot.config.MirrorConfig;
import io.entrepot.server.admin.AdminServer;
import io.entrepot.server.admin.Reloads;
import io.entrepot.server.http.DataServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mirror that runs. It goes from running to draining (not ready; accepts until the delay is over; then finishes what is in
 * flight) to closed; {@link #hurry} shortens each wait, {@link #close} skips them.
 */
public final class Mirror implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);

    /** What is in flight when the grace is over is cut short within this. */
    private static final Duration CUTTING = Duration.ofSeconds(2);

    private final Opened opened;
    private final Reloading reloading;
    private final Readiness readiness;
    private final DataServer data;
    private final int port;
    private final AdminServer admin;
    private final CountDownLatch hurry = new CountDownLatch(1);

    /**
     * What does not stand in the configuration.
     *
     * @param file where the configuration is read again; null: it cannot be
     * @param selfTls make a certificate of our own if none is configured
     * @param onLog told how to log when that is read again
     */
    public record Options(@Nullable Path file, boolean selfTls, Consumer<MirrorConfig.Log> onLog) {

        public static final Options NONE = new Options(null, false, log -> {});

        /** With a file that can be read again. */
        public static Options of(Path file) {
            return new Options(file, false, log -> {});
        }
    }

    Mirror(Opened opened, Reloading reloading, Readiness readiness, DataServer data, int port, AdminServer admin) {
        this.opened = opened;
        this.reloading = reloading;
        this.readiness = readiness;
        this.data = data;
        this.port = port;
        this.admin = admin;
    }

    public static Mirror start(MirrorConfig config) throws StartException {
        return start(config, Options.NONE);
    }

    /** Starts everything, or nothing. No upstream is asked. */
    public static Mirror start(MirrorConfig config, Options options) throws StartException {
        return Wiring.start(config, options);
    }

    /** The data port, also if 0 was configured. */
    public int port() {
        return port;
    }

    /** The admin port, also if 0 was configured. */
    public int adminPort() {
        return admin.port();
    }

    /** Reads the configuration again. */
    public CompletableFuture<Reloads.Outcome> reload() {
        return reloading.reload();
    }

    /** Stops taking clients and waits, as long as is configured, until those that are here are served. Blocks. */
    public void drain() throws InterruptedException {
        MirrorConfig.Drain drain = reloading.config().drain();
        readiness.drain();
        LOG.atInfo().addKeyValue("inFlight", data.inFlight()).log("draining");
        await(hurry, drain.delay());
        CountDownLatch drained = new CountDownLatch(1);
        data.close(drain.grace()).whenComplete((cut, error) -> {
            LOG.atInfo().addKeyValue("cutShort", cut).log("drained");
            drained.countDown();
        });
        await(drained, drain.grace().plus(CUTTING));
    }

    /** Cuts a drain short: what is in flight is broken off. */
    public void hurry() {
        hurry.countDown();
        data.close(Duration.ZERO);
    }

    /** Stops at once. */
    @Override
    public void close() {
        readiness.drain();
        opened.close();
    }

    private static void await(CountDownLatch latch, Duration atMost) throws InterruptedException {
        latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }
}
