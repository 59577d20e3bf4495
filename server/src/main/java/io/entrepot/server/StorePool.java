package io.entrepot.server;

import java.util.Collection;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads on which the store may block: so many, and a bounded number of tasks that wait for one of them. */
final class StorePool implements AutoCloseable {

    private static final int WAITING = 16_384;
    private static final long STOP_SECONDS = 10;

    private final ThreadPoolExecutor threads;

    StorePool(int size) {
        this.threads = new ThreadPoolExecutor(
                size, size, 0, TimeUnit.SECONDS, new Waiting(), Threads.named("store"), StorePool::refuse);
        // A thread that starts takes a lock; event loops hand tasks over, so all of them start now.
        threads.prestartAllCoreThreads();
    }

    /** Without the pool's own words, for which it takes a lock. */
    private static void refuse(Runnable task, ThreadPoolExecutor pool) {
        throw new RejectedExecutionException("the store is busy, try again");
    }

    ThreadPoolExecutor threads() {
        return threads;
    }

    /** Finishes what waits, for a while. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** A queue that refuses what is too much, and that nobody waits to put something into: event loops do that. */
    private static final class Waiting extends LinkedTransferQueue<Runnable> {

        private final AtomicInteger length = new AtomicInteger();

        @Override
        public boolean offer(Runnable task) {
            if (length.incrementAndGet() > WAITING) {
                length.decrementAndGet();
                return false;
            }
            return super.offer(task);
        }

        @Override
        public Runnable take() throws InterruptedException {
            Runnable task = super.take();
            length.decrementAndGet();
            return task;
        }

        @Override
        public int drainTo(Collection<? super Runnable> others) {
            int drained = super.drainTo(others);
            length.addAndGet(-drained);
            return drained;
        }
    }
}
