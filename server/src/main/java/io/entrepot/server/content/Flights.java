package io.entrepot.server.content;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Single flight: while one caller's work for a key is under way, everybody else who asks for it waits for the same. */
final class Flights<K, V> {

    private final ConcurrentHashMap<K, CompletableFuture<V>> inFlight = new ConcurrentHashMap<>();

    /** The work under way for this key, or this work if there is none. A caller that gives up does not stop it. */
    CompletableFuture<V> join(K key, Supplier<CompletableFuture<V>> work) {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> other = inFlight.putIfAbsent(key, mine);
        if (other != null) {
            return other.copy();
        }
        start(work).whenComplete((value, failure) -> {
            inFlight.remove(key, mine);
            if (failure != null) {
                mine.completeExceptionally(Failures.cause(failure));
            } else {
                mine.complete(value);
            }
        });
        return mine.copy();
    }

    private CompletableFuture<V> start(Supplier<CompletableFuture<V>> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
