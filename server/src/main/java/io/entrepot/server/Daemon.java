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
    private volatile @Nullable Mirror running;

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
            running = mirror;
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

    private synchronized void stop() {
        Mirror mirror = running;
        if (stop.getCount() == 0 && mirror != null) {
            mirror.hurry();
        }
        stop.countDown();
    }

    private void reload() {
        Mirror mirror = running;
        if (mirror != null) {
            mirror.reload();
        }
    }
}
