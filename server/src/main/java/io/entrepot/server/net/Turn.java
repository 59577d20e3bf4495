package io.entrepot.server.net;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A request that has a connection of a pool, or gets one in its turn. */
final class Turn extends CompletableFuture<ClientConnection> {

    private final long since = System.nanoTime();
    private volatile long waited;

    /** It leaves the line. */
    void call() {
        waited = System.nanoTime() - since;
    }

    /** How long it stood in line; connecting is not counted. */
    Duration waited() {
        return Duration.ofNanos(waited);
    }
}
