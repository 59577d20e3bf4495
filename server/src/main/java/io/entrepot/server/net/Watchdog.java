package io.entrepot.server.net;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Barks when a time has passed, unless it was stopped or started anew. Both are cheap: one task of the event loop is
 * used over and over. On that loop only.
 */
final class Watchdog {

    private final EventLoop loop;
    private final Runnable bark;
    private boolean watching;
    private long due;
    private @Nullable Future<?> task;
    private long wakesAt;

    Watchdog(EventLoop loop, Runnable bark) {
        this.loop = loop;
        this.bark = bark;
    }

    void start(Duration time) {
        watching = true;
        due = loop.ticker().nanoTime() + time.toNanos();
        if (task != null && wakesAt - due > 0) {
            task.cancel(false);
            task = null;
        }
        if (task == null) {
            wakeAt(due);
        }
    }

    void stop() {
        watching = false;
    }

    /** For good: leaves no task behind. */
    void end() {
        watching = false;
        if (task != null) {
            task.cancel(false);
        }
    }

    private void wakeAt(long when) {
        wakesAt = when;
        task = loop.schedule(this::wake, when - loop.ticker().nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void wake() {
        task = null;
        if (!watching) {
            return;
        }
        if (due - loop.ticker().nanoTime() > 0) {
            wakeAt(due);
        } else {
            watching = false;
            bark.run();
        }
    }
}
