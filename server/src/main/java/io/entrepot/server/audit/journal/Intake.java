package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where producers leave records and one writer takes them.
 *
 * <p>A chain of what waits, the newest at its top: to add one is one compare-and-set, to take all is one exchange, and each
 * knows how many are below it, so that no counter is shared beside the top. What may not be added to has a {@link Refusal} at
 * the top. The writer is woken by the first that waits, if it sleeps, and by the one that fills a batch. What comes after
 * a quiet time is taken at once, what comes right behind a batch waits for others: so one record costs one force when nothing
 * else happens, and a crowd of them no more forces than there are lingers.
 */
final class Intake {

    /** A sleeping thread of Linux wakes up this much later than it asked to, about. */
    private static final long OVERSLEEP_NANOS = 60_000;

    private static final Body NOTHING = Body.of(new byte[0]);
    private static final Pending NOBODY = new Pending(NOTHING);

    /** At the top while nothing is taken. */
    private static final class Refusal extends Pending {

        private final IOException why;

        Refusal(IOException why) {
            super(NOTHING);
            this.why = why;
        }
    }

    private final JournalOptions options;
    private final long linger;
    private final AtomicReference<Pending> top = new AtomicReference<>(NOBODY);
    private final LongAdder refused = new LongAdder();
    private volatile boolean asleep;
    private volatile boolean closing;
    private volatile @Nullable Thread writer;
    private long taken; // the writer's thread: when it took the last batch

    Intake(JournalOptions options) {
        this.options = options;
        this.linger = options.linger().toNanos();
        this.taken = System.nanoTime() - linger;
    }

    /** Adds a record; the reason if it was not taken. Never waits. */
    @Nullable IOException add(Pending record) {
        while (true) {
            Pending before = top();
            if (before == NOBODY) {
                record.begins(NOBODY);
            } else if (before instanceof Refusal refusal) {
                refused.increment();
                return refusal.why;
            } else if (isFull(before, record)) {
                refused.increment();
                return new JournalBusy(before.records(), before.bytes(), options);
            } else {
                record.follows(before);
            }
            if (top.compareAndSet(before, record)) {
                wake(before, record);
                return null;
            }
        }
    }

    private Pending top() {
        return Objects.requireNonNull(top.get());
    }

    private boolean isFull(Pending before, Pending record) {
        return before.records() >= options.queueRecords() || before.bytes() + record.weight() > options.queueBytes();
    }

    private void wake(Pending before, Pending record) {
        if (before == NOBODY ? asleep : isBatch(record) && !isBatch(before)) {
            LockSupport.unpark(writer);
        }
    }

    private boolean isBatch(Pending record) {
        return record.records() >= options.batchRecords() || record.bytes() >= options.batchBytes();
    }

    /** Records that were not taken, for whatever reason. */
    long refused() {
        return refused.sum();
    }

    /** Waits until a batch is full or the last one is long enough ago; empty when closing and nothing is left. */
    Queue<Pending> take() {
        writer = Thread.currentThread();
        while (true) {
            Pending newest = top();
            boolean last = closing;
            long now = System.nanoTime();
            long left = taken + linger - OVERSLEEP_NANOS - now;
            if (newest instanceof Refusal || newest == NOBODY && last) {
                return new ArrayDeque<>();
            }
            if (newest == NOBODY) {
                sleep();
            } else if (left > 0 && !isBatch(newest) && !last) {
                LockSupport.parkNanos(this, left);
            } else {
                taken = now;
                return turned(top.getAndSet(NOBODY));
            }
        }
    }

    /** Sets the flag first and looks again, as a producer adds first and looks at the flag then: one of them sees the other. */
    private void sleep() {
        asleep = true;
        if (top.get() == NOBODY && !closing) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    /** Refuses everything from now on, for this reason, and hands out what waited. */
    Queue<Pending> refuse(IOException why) {
        Pending waiting = top.getAndSet(new Refusal(why));
        return waiting instanceof Refusal ? new ArrayDeque<>() : turned(waiting);
    }

    /** Takes records again. */
    void admit() {
        top.set(NOBODY);
    }

    boolean isRefusing() {
        return top.get() instanceof Refusal;
    }

    /** Sleeps for this long, less if it is closed meanwhile. */
    void pause(long nanos) {
        writer = Thread.currentThread();
        long until = System.nanoTime() + nanos;
        long left = nanos;
        while (left > 0 && !closing) {
            LockSupport.parkNanos(this, left);
            left = until - System.nanoTime();
        }
    }

    /** The writer is to end when it has taken what is left. */
    void close() {
        closing = true;
        LockSupport.unpark(writer);
    }

    boolean isClosing() {
        return closing;
    }

    private static Queue<Pending> turned(Pending newest) {
        Pending oldest = NOBODY;
        Pending record = newest;
        while (record != NOBODY) {
            Pending older = record.link();
            record.link(oldest);
            oldest = record;
            record = older;
        }
        Queue<Pending> queue = new ArrayDeque<>(newest.records() + 1);
        for (Pending next = oldest; next != NOBODY; next = next.link()) {
            queue.add(next);
        }
        return queue;
    }
}
