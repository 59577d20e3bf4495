package io.entrepot.server.audit.tlog;

import java.util.concurrent.CompletableFuture;

/**
 * A place on another host, or at least in another directory, to which checkpoints go: what is there bounds what can be
 * changed here unseen.
 */
@FunctionalInterface
public interface CheckpointSink {

    /**
     * Takes one; complete when it is there. Returns at once. Not called again before it is complete: then with the newest
     * one, so that a slow place gets fewer and not later ones.
     */
    CompletableFuture<Void> publish(SignedCheckpoint checkpoint);
}
