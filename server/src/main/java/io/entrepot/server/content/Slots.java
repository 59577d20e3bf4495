package io.entrepot.server.content;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** A bounded number of places; who finds none waits in line. */
final class Slots {

    private final Queue<CompletableFuture<Void>> line = new ArrayDeque<>();
    private int free;

    Slots(int places) {
        this.free = places;
    }

    /** Completes when a place is taken. */
    synchronized CompletableFuture<Void> take() {
        if (free > 0) {
            free--;
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> turn = new CompletableFuture<>();
        line.add(turn);
        return turn;
    }

    /** Gives a place back, to the first in line if there is one. */
    void giveBack() {
        CompletableFuture<Void> next;
        synchronized (this) {
            next = line.poll();
            if (next == null) {
                free++;
            }
        }
        if (next != null) {
            next.complete(null);
        }
    }
}
