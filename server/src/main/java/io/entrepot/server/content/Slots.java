package io.entrepot.server.content;

import io.entrepot.oci.RegistryException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A bounded number of places, and a bounded line of those who found none. */
final class Slots {

    private static final int LONGEST_LINE = 10_000;

    private final Queue<CompletableFuture<Void>> line = new ArrayDeque<>();
    private final int places;
    private int free;
    private boolean calling;

    Slots(int places) {
        this.places = places;
        this.free = places;
    }

    /** Completes when a place is taken; fails with a 503 if too many wait for one already. */
    synchronized CompletableFuture<Void> take() {
        if (free > 0) {
            free--;
            return CompletableFuture.completedFuture(null);
        }
        if (line.size() >= LONGEST_LINE) {
            return CompletableFuture.failedFuture(
                    new RegistryException.Unavailable(LONGEST_LINE + " downloads wait already", Duration.ofSeconds(5)));
        }
        CompletableFuture<Void> turn = new CompletableFuture<>();
        line.add(turn);
        return turn;
    }

    /** Takes a place if one is free. */
    synchronized boolean tryTake() {
        if (free == 0) {
            return false;
        }
        free--;
        return true;
    }

    /** Places that are taken. */
    synchronized int taken() {
        return places - free;
    }

    /** Gives a place back, to the first in line if there is one. */
    void giveBack() {
        synchronized (this) {
            free++;
            if (calling) {
                return;
            }
            calling = true;
        }
        for (CompletableFuture<Void> next = next(); next != null; next = next()) {
            next.complete(null);
        }
    }

    /** Whoever is called may give the place back at once: that is seen here, and not from within the call. */
    private synchronized @Nullable CompletableFuture<Void> next() {
        CompletableFuture<Void> next = free > 0 ? line.poll() : null;
        if (next == null) {
            calling = false;
        } else {
            free--;
        }
        return next;
    }
}
