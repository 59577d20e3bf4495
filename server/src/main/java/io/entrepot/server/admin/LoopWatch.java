package io.entrepot.server.admin;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Lets every event loop beat a few times a second, and sees how late the beats come. */
public final class LoopWatch implements AutoCloseable {

    private static final Duration BEAT = Duration.ofMillis(250);

    private final List<Loop> loops = new ArrayList<>();

    public LoopWatch(EventLoopGroup group) {
        for (EventExecutor executor : group) {
            loops.add(new Loop(executor));
        }
    }

    /** True if every loop did something within this time. */
    public boolean alive(Duration within) {
        return silence() <= within.toNanos();
    }

    /** For each loop, how late its latest beat came at most since this was asked last, in seconds. */
    List<Double> lags() {
        return loops.stream().map(Loop::lag).toList();
    }

    private long silence() {
        long now = System.nanoTime();
        return loops.stream().mapToLong(loop -> now - loop.last.get()).max().orElse(0);
    }

    @Override
    public void close() {
        loops.forEach(loop -> loop.beats.cancel(false));
    }

    private static final class Loop {

        private final AtomicLong last = new AtomicLong(System.nanoTime());
        private final AtomicLong late = new AtomicLong();
        private final ScheduledFuture<?> beats;

        Loop(EventExecutor executor) {
            long nanos = BEAT.toNanos();
            this.beats = executor.scheduleWithFixedDelay(this::beat, nanos, nanos, TimeUnit.NANOSECONDS);
        }

        private void beat() {
            long now = System.nanoTime();
            long delay = now - last.getAndSet(now) - BEAT.toNanos();
            late.accumulateAndGet(delay, Math::max);
        }

        /** A beat that is overdue counts as late by as much, so that a loop that hangs is seen while it hangs. */
        double lag() {
            long overdue = System.nanoTime() - last.get() - BEAT.toNanos();
            return Math.max(Math.max(late.getAndSet(0), overdue), 0) / 1e9;
        }
    }
}
