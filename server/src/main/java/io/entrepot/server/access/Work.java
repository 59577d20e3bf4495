package io.entrepot.server.access;

import io.entrepot.oci.RegistryException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A few threads for what takes a processor for a while, with a queue that has an end: who comes then is sent away (503). */
final class Work implements AutoCloseable {

    private final ThreadPoolExecutor threads;
    private final String what;

    /** A bounded pool for work of this name, as in passwords. */
    Work(String what, int threads, int queue) {
        AtomicInteger number = new AtomicInteger();
        this.what = what;
        this.threads = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), task -> {
                    Thread thread = new Thread(task, what + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        this.threads.allowCoreThreadTimeOut(true);
    }

    /** Fails with a 503 if too many wait. */
    <T> CompletableFuture<T> run(Supplier<T> task) {
        try {
            return CompletableFuture.supplyAsync(task, threads);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new RegistryException.Unavailable(
                    "too many " + what + " are waiting to be checked", Duration.ofSeconds(1)));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
