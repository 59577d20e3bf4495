package io.entrepot.server.audit;

import io.entrepot.server.audit.tlog.CheckpointSink;
import io.entrepot.server.audit.tlog.SignedCheckpoint;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands checkpoints on no more often than this, where each costs something: the newest each time, one that failed included, and
 * the last one at the end.
 */
public final class PacedCheckpoints implements CheckpointSink, AutoCloseable {

    private final CheckpointSink sink;
    private final Duration every;
    private @Nullable CompletableFuture<Void> pause; // guarded by this
    private boolean closed; // guarded by this

    public PacedCheckpoints(CheckpointSink sink, Duration every) {
        this.sink = sink;
        this.every = every;
    }

    @Override
    public CompletableFuture<Void> publish(SignedCheckpoint checkpoint) {
        CompletableFuture<Void> published = sink.publish(checkpoint);
        return published.handle((done, failure) -> pause()).thenCompose(rested -> rested.thenCompose(any -> published));
    }

    private synchronized CompletableFuture<Void> pause() {
        CompletableFuture<Void> rest = new CompletableFuture<>();
        pause = rest;
        return closed
                ? CompletableFuture.completedFuture(null)
                : rest.completeOnTimeout(null, every.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Nothing waits any more: what comes is handed on at once. */
    @Override
    public void close() {
        CompletableFuture<Void> rest;
        synchronized (this) {
            closed = true;
            rest = pause;
        }
        if (rest != null) {
            rest.complete(null);
        }
    }
}
