package io.entrepot.server.admin;

import io.entrepot.oci.Digest;
import io.entrepot.server.inspect.CacheSteps;
import io.entrepot.storage.BlobStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** The cache, for a person: what is held, away with this, is it all as it was? Works on the store's pool. */
public final class CacheApi {

    private final BlobStore blobs;
    private final Executor executor;

    public CacheApi(BlobStore blobs, Executor executor) {
        this.blobs = blobs;
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

    private Lines on(CacheSteps steps) {
        return new Lines() {
            @Override
            public CompletableFuture<List<String>> next() {
                return call(steps::next);
            }

            @Override
            public void close() {
                call(() -> {
                    steps.close();
                    return true;
                });
            }
        };
    }

    private <T> CompletableFuture<T> call(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            executor.execute(() -> run(work, result));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new IOException("the store is busy, try again"));
        }
        return result;
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
