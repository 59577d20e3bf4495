package io.entrepot.server;

import io.entrepot.config.MirrorConfig;
import io.entrepot.server.cli.CommandException;
import io.entrepot.server.cli.Serve;
import io.entrepot.server.inspect.StateDir;
import io.entrepot.server.log.LogSetup;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mirror that has the process to itself: its log is standard output, and signals rule it. */
final class Daemon implements Serve {

    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    private final CountDownLatch stop = new CountDownLatch(1);

    // of the object's lock
    private @Nullable Mirror running;
    private boolean toReload;
    private boolean toHurry;

    @Override
    public int run(MirrorConfig config, @Nullable Path file, boolean selfTls) {
        Natives.unpackUnder(StateDir.of(config).natives());
        LogSetup.standardOutput(config.log());
        obeySignals();
        try {
            serve(config, new Mirror.Options(file, selfTls, LogSetup::standardOutput));
            LOG.atInfo().log("stopped");
            return 0;
        } catch (StartException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()));
        } finally {
            LogSetup.stop();
        }
    }

    private void serve(MirrorConfig config, Mirror.Options options) throws StartException {
        try (Mirror mirror = Mirror.start(config, options)) {
            runs(mirror);
            stop.await();
            mirror.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Before anything starts: who asks us to stop while we start is heard, too. */
    private void obeySignals() {
        Signals.on("TERM", this::stop);
        Signals.on("INT", this::stop);
        Signals.on("HUP", this::reload);
    }

    /** What was asked for while it started is done now: the file may have changed since it was read. */
    private synchronized void runs(Mirror mirror) {
        running = mirror;
        if (toReload) {
            mirror.reload();
        }
        if (toHurry) {
            mirror.hurry();
        }
    }

    private synchronized void stop() {
        Mirror mirror = running;
        if (stop.getCount() == 0) {
            if (mirror != null) {
                mirror.hurry();
            }
            toHurry = true;
        }
        stop.countDown();
    }

    private synchronized void reload() {
        Mirror mirror = running;
        if (mirror != null) {
            mirror.reload();
        }
        toReload = true;
    }
}
