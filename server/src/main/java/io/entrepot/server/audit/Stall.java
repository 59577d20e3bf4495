package io.entrepot.server.audit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Whether a disk that takes writes answers: it does not if somebody has waited for a while, and nobody was answered in all that
 * time. A write that hangs is no failure to whoever made it, and clients would wait for it without an end.
 */
final class Stall {

    private static final long WHILE = TimeUnit.SECONDS.toNanos(3);

    private final LongSupplier nanos;
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private long endedBefore; // the thread that looks
    private long quietSince; // the thread that looks
    private volatile boolean now;

    Stall(LongSupplier nanos) {
        this.nanos = nanos;
        this.quietSince = nanos.getAsLong();
    }

    void begun() {
        begun.increment();
    }

    void ended() {
        ended.increment();
    }

    /** One thread, every second. */
    void look() {
        long answered = ended.sum();
        boolean waits = begun.sum() > answered;
        long time = nanos.getAsLong();
        if (!waits || answered != endedBefore) {
            quietSince = time;
        }
        endedBefore = answered;
        now = time - quietSince > WHILE;
    }

    boolean isNow() {
        return now;
    }
}
