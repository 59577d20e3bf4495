package io.entrepot.server.admin;

import io.entrepot.oci.Digest;
import io.entrepot.server.inspect.CacheSteps;
import io.entrepot.server.inspect.GarbageSteps;
import io.entrepot.server.inspect.Steps;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.disk.Garbage;
import io.entrepot.storage.disk.Garbage.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The cache, for a person: what is held, away with this, is it all as it was? Works on the store's pool. */
public final class CacheApi {

    private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, Runnable::run);

    /** A pull brings content before it names it: what came within this time may still wait for the verdict on it. */
    private static final Duration LEAST_UNUSED = Duration.ofMinutes(10);

    private final BlobStore blobs;
    private final Function<Limits, Garbage> collector;
    private final Executor executor;

    public CacheApi(BlobStore blobs, Function<Limits, Garbage> collector, Executor executor) {
        this.blobs = blobs;
        this.collector = collector;
        this.executor = executor;
    }

    CompletableFuture<Reply> list() {
        return call(() -> new Reply.Streamed(on(CacheSteps.list(blobs))));
    }

    CompletableFuture<Reply> verify() {
        return call(() -> new Reply.Streamed(on(CacheSteps.verify(blobs))));
    }

    CompletableFuture<Reply> remove(Digest digest) {
        return call(() -> blobs.remove(digest)
                ? Reply.json(200, Map.of("digest", digest.toString(), "removed", true))
                : Reply.error(404, digest + " is not held"));
    }

    CompletableFuture<Reply> collect(Limits limits) {
        if (limits.unused().compareTo(LEAST_UNUSED) < 0) {
            throw new IllegalArgumentException("unused for " + limits.unused().toSeconds() + " s (expected: at least "
                    + LEAST_UNUSED.toSeconds() + " s while the mirror runs: a pull brings content before it names it)");
        }
        return call(() -> new Reply.Streamed(on(new GarbageSteps(collector.apply(limits)))));
    }

    private Lines on(Steps steps) {
        return new Lines() {
            @Override
            public CompletableFuture<List<String>> next() {
                return call(steps::next);
            }

            @Override
            public void close() {
                finish(steps);
            }
        };
    }

    /** Must be done in the end: a collection that is never closed would be the last one. */
    private void finish(Steps steps) {
        call(() -> {
                    steps.close();
                    return true;
                })
                .whenComplete((done, failure) -> {
                    if (failure instanceof Busy) {
                        LATER.execute(() -> finish(steps));
                    }
                });
    }

    private <T> CompletableFuture<T> call(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            executor.execute(() -> run(work, result));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new Busy());
        }
        return result;
    }

    /** There is no room on the store's pool at this moment. */
    private static final class Busy extends IOException {
        Busy() {
            super("the store is busy, try again");
        }
    }

    /** Whatever goes wrong belongs to who waits for the result. */
    private static <T> void run(Callable<T> work, CompletableFuture<T> result) {
        try {
            result.complete(work.call());
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }
}
