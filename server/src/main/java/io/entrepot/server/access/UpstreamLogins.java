package io.entrepot.server.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.RegistryException.Unauthorized;
import io.entrepot.server.access.AccessEvents.Outcome;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What became of logins that were tried at upstreams: each by one request, however many bring it; what an upstream took is
 * not tried again for ten minutes. Who guesses has to wait, as with passwords of our own.
 */
final class UpstreamLogins {

    private static final Duration REMEMBERED = Duration.ofMinutes(10);
    private static final int MOST = 10_000;

    private final AccessEvents events;
    private final Attempts attempts;
    private final Cache<String, Boolean> taken;
    private final Map<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

    UpstreamLogins(AccessEvents events, LongSupplier nanos) {
        this.events = events;
        this.attempts = new Attempts(nanos);
        this.taken = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(REMEMBERED)
                .ticker(nanos::getAsLong)
                .build();
    }

    /**
     * Tries what somebody brought, unless that failed too often of late. Fails as the upstream does, or with a 429.
     *
     * @param upstream asks it: {@link Unauthorized} if it refuses, false if it asks nobody who they are
     */
    CompletableFuture<Void> tried(Brought brought, InetAddress source, Supplier<CompletableFuture<Boolean>> upstream) {
        if (taken.getIfPresent(brought.id()) != null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> first = underWay.putIfAbsent(brought.id(), mine);
        if (first != null) {
            return first.copy();
        }
        Attempts.Who who = new Attempts.Who(brought.username(), source);
        begun(who, upstream).whenComplete((asked, failure) -> {
            underWay.remove(brought.id(), mine);
            if (failure != null) {
                mine.completeExceptionally(cause(failure));
                return;
            }
            if (asked) {
                taken.put(brought.id(), true);
            }
            mine.complete(null);
        });
        return mine.copy();
    }

    private CompletableFuture<Boolean> begun(Attempts.Who who, Supplier<CompletableFuture<Boolean>> upstream) {
        try {
            attempts.begin(who);
        } catch (RegistryException e) {
            events.attempted(Proof.PASS_THROUGH, Outcome.LIMITED);
            return CompletableFuture.failedFuture(e);
        }
        return asked(upstream).whenComplete((asked, failure) -> ended(who, asked, failure));
    }

    private static CompletableFuture<Boolean> asked(Supplier<CompletableFuture<Boolean>> upstream) {
        try {
            return upstream.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void ended(Attempts.Who who, @Nullable Boolean asked, @Nullable Throwable failure) {
        if (failure == null && Boolean.TRUE.equals(asked)) {
            attempts.right(who);
            events.attempted(Proof.PASS_THROUGH, Outcome.ACCEPTED);
        } else if (failure != null && cause(failure) instanceof Unauthorized) {
            attempts.wrong(who);
            events.attempted(Proof.PASS_THROUGH, Outcome.REFUSED);
        } else {
            attempts.untold(who);
            events.attempted(Proof.PASS_THROUGH, Outcome.UNAVAILABLE);
        }
    }

    /** The upstream refused something to whoever brought this: where it never took the login, that may have been a guess. */
    void refused(Brought brought, InetAddress source) {
        if (taken.getIfPresent(brought.id()) != null) {
            return;
        }
        Attempts.Who who = new Attempts.Who(brought.username(), source);
        try {
            attempts.begin(who);
            attempts.wrong(who);
        } catch (RegistryException e) {
            events.attempted(Proof.PASS_THROUGH, Outcome.LIMITED);
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
