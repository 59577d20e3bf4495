package io.entrepot.server.net;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs so many tasks at once, on threads that others use as well; a bounded number of others waits. So whoever hangs keeps
 * no more of the threads than that.
 */
final class Lane implements Executor {

    private final Executor threads;
    private final int atOnce;
    private final int mostWaiting;

    // guarded by this
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int running;

    Lane(Executor threads, int atOnce, int mostWaiting) {
        this.threads = threads;
        this.atOnce = atOnce;
        this.mostWaiting = mostWaiting;
    }

    /** @throws RejectedExecutionException if too many wait, here or for a thread */
    @Override
    public void execute(Runnable task) {
        if (begins(task)) {
            start(task);
        }
    }

    private synchronized boolean begins(Runnable task) {
        if (running < atOnce) {
            running++;
            return true;
        }
        if (waiting.size() == mostWaiting) {
            throw new RejectedExecutionException("waiting: " + mostWaiting + " (expected: fewer)");
        }
        waiting.add(task);
        return false;
    }

    private void start(Runnable task) {
        try {
            threads.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            ended();
            throw e;
        }
    }

    private void run(Runnable first) {
        for (Runnable task = first; task != null; task = next()) {
            task.run();
        }
    }

    /** What waits longest, for the same thread; null, and one fewer runs, if nothing does. */
    private synchronized @Nullable Runnable next() {
        Runnable next = waiting.poll();
        if (next == null) {
            running--;
        }
        return next;
    }

    private synchronized void ended() {
        running--;
    }
}
