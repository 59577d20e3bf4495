package io.entrepot.server.audit.tlog;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Hands checkpoints to one sink: one at a time, and always the newest. Any thread. */
final class Handing {

    private final CheckpointSink sink;
    private final SealerListener listener;
    private volatile boolean failing;
    private boolean busy; // guarded by this
    private @Nullable SignedCheckpoint waiting; // guarded by this

    Handing(CheckpointSink sink, SealerListener listener) {
        this.sink = sink;
        this.listener = listener;
    }

    /** Whether the last one did not arrive. */
    boolean isFailing() {
        return failing;
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
                ended(failure);
                next();
            });
        }
    }

    /** A place that is down for days is said once, and not for each checkpoint. */
    private void ended(@Nullable Throwable failure) {
        boolean before = failing;
        failing = failure != null;
        if (failure != null && !before) {
            listener.notHanded(failure);
        } else if (failure == null && before) {
            listener.handedAgain();
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
