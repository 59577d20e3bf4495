package io.entrepot.server.pull;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much is looked at to judge one pull. Whoever may push to a repository decides how many manifests name one another in
 * it; not how long others wait for that. What would take more is not judged, and so it is refused.
 *
 * <p>Runs what is short where it is, what is long beside the event loops.
 */
final class Effort implements Executor {

    /** Tags and manifests that are compared: far more than the thousand images that stand under a few tags each. */
    static final int MOST_STEPS = 100_000;

    /** Manifests that are read, in bytes: they are brought one after the other, and not kept. */
    static final long MOST_BYTES = 16L * 1024 * 1024;

    private static final int SHORT = 1_000;

    private final AtomicInteger steps = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    /** So many are compared next. */
    void compare(int more) {
        if (steps.addAndGet(more) > MOST_STEPS) {
            steps.set(MOST_STEPS);
            throw tooMuch();
        }
    }

    /** A manifest of this size is read next. */
    void read(long size) {
        compare(1);
        if (bytes.addAndGet(size) > MOST_BYTES) {
            throw tooMuch();
        }
    }

    /** Whether there was more to look at than is looked at. */
    boolean isSpent() {
        return steps.get() >= MOST_STEPS || bytes.get() > MOST_BYTES;
    }

    static Unjudged tooMuch() {
        return new Unjudged("more manifests and tags lead to it than one pull may make us look at (at most "
                + MOST_STEPS + ", and " + MOST_BYTES / 1024 / 1024 + " MiB of manifests)");
    }

    @Override
    public void execute(Runnable work) {
        if (steps.get() < SHORT) {
            work.run();
        } else {
            ForkJoinPool.commonPool().execute(work);
        }
    }
}
