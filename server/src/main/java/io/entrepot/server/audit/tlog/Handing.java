package io.entrepot.server.audit.tlog;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands checkpoints to one sink: one at a time, and always the newest. Any thread. */
final class Handing {

    private final CheckpointSink sink;
    private final Consumer<Throwable> onFailure;
    private boolean busy; // guarded by this
    private @Nullable SignedCheckpoint waiting; // guarded by this

    Handing(CheckpointSink sink, Consumer<Throwable> onFailure) {
        this.sink = sink;
        this.onFailure = onFailure;
    }

    void offer(SignedCheckpoint checkpoint) {
        synchronized (this) {
            waiting = checkpoint;
            if (busy) {
                return;
            }
            busy = true;
        }
        next();
    }

    private void next() {
        SignedCheckpoint checkpoint;
        synchronized (this) {
            checkpoint = waiting;
            waiting = null;
            busy = checkpoint != null;
        }
        if (checkpoint != null) {
            publish(checkpoint).whenComplete((done, failure) -> {
                if (failure != null) {
                    onFailure.accept(failure);
                }
                next();
            });
        }
    }

    private CompletableFuture<Void> publish(SignedCheckpoint checkpoint) {
        try {
            return sink.publish(checkpoint);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
