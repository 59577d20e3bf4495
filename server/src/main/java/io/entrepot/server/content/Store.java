package io.entrepot.server.content;

import io.entrepot.oci.RegistryException;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.Links;
import io.entrepot.storage.TagStore;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** The store as content sees it: its three parts, and the bounded pool on which their blocking methods are called. */
public record Store(BlobStore blobs, TagStore tags, Links links, Executor executor) {

    private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, Runnable::run);

    /** A blocking call on the store. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws IOException;
    }

    /** A blocking call that has nothing to say. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    /** Runs a blocking call on the store's pool. Fails with an {@link IOException}, or with a 503 if the pool is full. */
    <T> CompletableFuture<T> call(Call<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            executor.execute(() -> run(call, result));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(
                    new RegistryException.Unavailable("the store is busy, try again", Duration.ofSeconds(1)));
        }
        return result;
    }

    /** Runs a blocking call that has nothing to say; fails as {@link #call} does. */
    CompletableFuture<Void> act(Action action) {
        return call(() -> {
                    action.run();
                    return true;
                })
                .thenAccept(done -> {});
    }

    /** Runs what must be done in the end, as soon as the pool has room for it. */
    void finish(Action action) {
        act(action).whenComplete((done, failure) -> {
            if (failure != null && Failures.cause(failure) instanceof RegistryException.Unavailable) {
                LATER.execute(() -> finish(action));
            }
        });
    }

    private static <T> void run(Call<T> call, CompletableFuture<T> result) {
        try {
            result.complete(call.run());
        } catch (IOException | RuntimeException e) {
            result.completeExceptionally(e);
        } catch (Error e) {
            result.completeExceptionally(new IllegalStateException(e));
            throw e;
        }
    }
}
