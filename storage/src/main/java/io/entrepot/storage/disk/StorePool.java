package io.entrepot.storage.disk;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that do a store's blocking work: a fixed number of them and a bounded queue. */
final class StorePool implements Executor, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StorePool.class);
    private static final int QUEUE = 16_384;
    private static final long PATIENCE_SECONDS = 10;

    private final ThreadPoolExecutor threads;

    StorePool(int number) {
        this.threads = new ThreadPoolExecutor(
                number, number, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(QUEUE), named("entrepot-store-"));
        threads.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return work -> daemon(prefix + count.incrementAndGet(), work);
    }

    /** A thread that does not keep the process alive. */
    static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** @throws RejectedExecutionException if the queue is full or the store closed */
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
}
