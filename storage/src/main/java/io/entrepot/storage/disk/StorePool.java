package io.entrepot.storage.disk;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that do a store's blocking work: a fixed number of them, and a bounded number of tasks that wait for one.
 * Event loops hand tasks over, so nobody waits to do that: not for a lock of the queue, nor for a thread that starts.
 */
final class StorePool implements Executor, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StorePool.class);
    private static final int WAITING = 16_384;
    private static final long PATIENCE_SECONDS = 10;

    private final AtomicInteger threadsMade = new AtomicInteger();
    private final ThreadPoolExecutor threads;

    StorePool(int number) {
        this.threads = new ThreadPoolExecutor(
                number, number, 0, TimeUnit.SECONDS, new Waiting(), this::thread, StorePool::refuse);
        threads.prestartAllCoreThreads();
    }

    private Thread thread(Runnable work) {
        return daemon("store-" + threadsMade.incrementAndGet(), work);
    }

    /** A thread that does not keep the process alive. */
    static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Without the pool's own words, for which it takes a lock. */
    private static void refuse(Runnable task, ThreadPoolExecutor pool) {
        throw new RejectedExecutionException("the store is busy, try again");
    }

    /** @throws RejectedExecutionException if too much waits or the store is closed */
    @Override
    public void execute(Runnable work) {
        threads.execute(work);
    }

    /** Never interrupts: an interrupt closes the file that a thread is reading, for every other reader too. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.atWarn().addKeyValue("running", threads.getActiveCount()).log("store closed over running work");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A queue that refuses what is too much. The pool puts in by {@code offer} and takes by {@code take}, nothing else. */
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
    }
}
