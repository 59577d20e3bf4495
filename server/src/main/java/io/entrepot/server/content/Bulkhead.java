package io.entrepot.server.content;

import io.entrepot.oci.Registry;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A bound on how many wait for one upstream at a time, so that one that hangs does not hold the connections of all clients.
 * Who comes beyond it is answered from what is held, if that may be, and else told to come again.
 */
final class Bulkhead {

    private final int most;
    private final Map<Registry, Integer> waiting = new HashMap<>(); // under this

    /** @param most of one upstream */
    Bulkhead(int most) {
        this.most = most;
    }

    /** The answer of an upstream; fails with {@link Kind#BUSY}, and asks nothing, if too many wait for it. */
    <T> CompletableFuture<T> await(Registry upstream, Supplier<CompletableFuture<T>> answer) {
        if (!enter(upstream)) {
            return CompletableFuture.failedFuture(
                    new UpstreamException(Kind.BUSY, upstream + ": " + most + " requests wait for it already"));
        }
        CompletableFuture<T> coming;
        try {
            coming = answer.get();
        } catch (RuntimeException e) {
            leave(upstream);
            throw e;
        }
        return coming.whenComplete((value, failure) -> leave(upstream));
    }

    /** How many wait now, for any upstream. */
    synchronized int waiting() {
        return waiting.values().stream().mapToInt(Integer::intValue).sum();
    }

    private synchronized boolean enter(Registry upstream) {
        int now = waiting.getOrDefault(upstream, 0);
        if (now >= most) {
            return false;
        }
        waiting.put(upstream, now + 1);
        return true;
    }

    private synchronized void leave(Registry upstream) {
        waiting.computeIfPresent(upstream, (same, now) -> now == 1 ? null : now - 1);
    }
}
