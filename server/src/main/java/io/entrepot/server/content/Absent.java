package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What an upstream said it does not have: remembered for ten seconds, since it may be pushed the next minute. */
final class Absent {

    private static final Duration REMEMBERED = Duration.ofSeconds(10);
    private static final int ENTRIES = 10_000;

    private final Cache<Key, Throwable> absent = Caffeine.newBuilder()
            .maximumSize(ENTRIES)
            .expireAfterWrite(REMEMBERED)
            .build();

    /** Asks, unless the upstream said "not found" a moment ago; remembers it if it says so now. */
    <T> CompletableFuture<T> unlessAbsent(
            Endpoint endpoint,
            Upstream upstream,
            Repository repository,
            Object what,
            Supplier<CompletableFuture<T>> ask) {
        Key key = new Key(endpoint, repository, what, upstream.caller());
        Throwable known = absent.getIfPresent(key);
        if (known != null) {
            return CompletableFuture.failedFuture(known);
        }
        return ask.get().whenComplete((value, failure) -> {
            if (failure != null && Failures.isNotFound(failure)) {
                absent.put(key, Failures.cause(failure));
            }
        });
    }

    /** Where it was asked for: what is no blob may be a manifest. */
    enum Endpoint {
        MANIFESTS,
        BLOBS
    }

    /** @param caller some registries say "not found" to whom they do not let read */
    private record Key(Endpoint endpoint, Repository repository, Object what, String caller) {}
}
