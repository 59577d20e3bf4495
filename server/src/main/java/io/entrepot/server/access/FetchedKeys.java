package io.entrepot.server.access;

import io.entrepot.oci.RegistryException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys from an address. One request at a time, however many ask.
 *
 * <pre>
 *   fetched at most 10 minutes ago, and the key is there    they are taken
 *   older, or the key is not there                           they are fetched again, at most every 30 seconds
 *   that fails                                               the old ones hold for a day after they were fetched; then 503
 * </pre>
 */
final class FetchedKeys implements KeySource {

    private static final Logger LOG = LoggerFactory.getLogger(FetchedKeys.class);

    private static final long FRESH = Duration.ofMinutes(10).toNanos();
    private static final long OLDEST = Duration.ofDays(1).toNanos();
    private static final long PAUSE = Duration.ofSeconds(30).toNanos();
    private static final long PAUSE_WITHOUT_ANY = Duration.ofSeconds(2).toNanos();

    private final String name;
    private final Supplier<CompletableFuture<byte[]>> fetch;
    private final LongSupplier nanos;
    private volatile @Nullable Loaded loaded;

    // guarded by this
    private @Nullable CompletableFuture<List<Jwk>> underWay;
    private @Nullable Long asked;

    /**
     * @param name of the issuer, for people
     * @param fetch the bytes of the JWKS
     */
    FetchedKeys(String name, Supplier<CompletableFuture<byte[]>> fetch, LongSupplier nanos) {
        this.name = name;
        this.fetch = fetch;
        this.nanos = nanos;
    }

    private record Loaded(List<Jwk> keys, long at) {

        boolean has(String kid) {
            return kid.isEmpty()
                    || keys.stream()
                            .anyMatch(key -> key.kid().isEmpty() || key.kid().equals(kid));
        }
    }

    @Override
    public CompletableFuture<List<Jwk>> keys(String kid) {
        Loaded now = loaded;
        long age = now == null ? Long.MAX_VALUE : nanos.getAsLong() - now.at;
        boolean usable = age < OLDEST;
        if (now != null && usable && now.has(kid)) {
            if (age >= FRESH) {
                refresh(true).exceptionally(failure -> List.of());
            }
            return CompletableFuture.completedFuture(now.keys);
        }
        return refresh(usable).exceptionallyCompose(failure -> old());
    }

    private CompletableFuture<List<Jwk>> old() {
        Loaded now = loaded;
        return now != null && nanos.getAsLong() - now.at < OLDEST
                ? CompletableFuture.completedFuture(now.keys)
                : CompletableFuture.failedFuture(new RegistryException.Unavailable(
                        "the keys of " + name + " cannot be had just now", Duration.ofSeconds(5)));
    }

    /** Joins the request under way, or sends one if the last is long enough ago. */
    private CompletableFuture<List<Jwk>> refresh(boolean some) {
        CompletableFuture<List<Jwk>> mine = new CompletableFuture<>();
        synchronized (this) {
            if (underWay != null) {
                return underWay;
            }
            long now = nanos.getAsLong();
            if (asked != null && now - asked < (some ? PAUSE : PAUSE_WITHOUT_ANY)) {
                return CompletableFuture.failedFuture(new IllegalStateException("asked a moment ago"));
            }
            asked = now;
            underWay = mine;
        }
        fetch().whenComplete((keys, failure) -> {
            synchronized (this) {
                underWay = null;
            }
            if (failure == null) {
                mine.complete(keys);
            } else {
                complain(failure);
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    private CompletableFuture<List<Jwk>> fetch() {
        try {
            return fetch.get().thenApply(Jwk::set).thenApply(keys -> {
                loaded = new Loaded(keys, nanos.getAsLong());
                return keys;
            });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void complain(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        LOG.atWarn()
                .addKeyValue("issuer", name)
                .addKeyValue("reason", cause.getMessage())
                .log("keys not fetched");
    }
}
