package io.entrepot.server.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.RegistryException.Unauthorized;
import io.entrepot.server.access.AccessEvents.Outcome;
import io.entrepot.server.access.Attempts.Who;
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
 * not tried again for ten minutes. Who guesses has to wait, as with passwords of our own. One wrong login that comes again and
 * again is one guess, and waits by itself: many have the same user name ({@code _json_key}, {@code oauth2accesstoken}), and
 * one whose secret is out of date must not keep out the others.
 */
final class UpstreamLogins {

    private static final Duration REMEMBERED = Duration.ofMinutes(10);
    private static final int MOST = 10_000;

    private final AccessEvents events;
    private final Attempts guesses;
    private final Attempts repetitions;
    private final Cache<String, Boolean> taken;
    private final Cache<String, Boolean> wrong;
    private final Map<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

    UpstreamLogins(AccessEvents events, LongSupplier nanos) {
        this.events = events;
        this.guesses = new Attempts(Attempts.AtOnce.ELSEWHERE, nanos);
        this.repetitions = new Attempts(Attempts.AtOnce.ELSEWHERE, nanos);
        this.taken = remembered(REMEMBERED, nanos);
        this.wrong = remembered(Attempts.REMEMBERED, nanos);
    }

    private static Cache<String, Boolean> remembered(Duration time, LongSupplier nanos) {
        return Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(time)
                .ticker(nanos::getAsLong)
                .build();
    }

    /** Who tries, as one of those who guess at a user's password, and as one who has this login. */
    private record Trier(Who guess, Who repetition) {
        static Trier of(Brought brought, InetAddress source) {
            return new Trier(new Who(brought.username(), source), new Who(brought.id(), source));
        }
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
        begun(brought, source, upstream).whenComplete((asked, failure) -> {
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

    private CompletableFuture<Boolean> begun(
            Brought brought, InetAddress source, Supplier<CompletableFuture<Boolean>> upstream) {
        Trier trier = Trier.of(brought, source);
        try {
            begin(trier);
        } catch (RegistryException e) {
            events.attempted(Proof.PASS_THROUGH, Outcome.LIMITED);
            return CompletableFuture.failedFuture(e);
        }
        return asked(upstream).whenComplete((asked, failure) -> ended(brought, trier, asked, failure));
    }

    private void begin(Trier trier) {
        guesses.begin(trier.guess);
        try {
            repetitions.begin(trier.repetition);
        } catch (RegistryException e) {
            guesses.untold(trier.guess);
            throw e;
        }
    }

    private static CompletableFuture<Boolean> asked(Supplier<CompletableFuture<Boolean>> upstream) {
        try {
            return upstream.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void ended(Brought brought, Trier trier, @Nullable Boolean asked, @Nullable Throwable failure) {
        if (failure == null && Boolean.TRUE.equals(asked)) {
            guesses.right(trier.guess);
            repetitions.right(trier.repetition);
            events.attempted(Proof.PASS_THROUGH, Outcome.ACCEPTED);
        } else if (failure != null && cause(failure) instanceof Unauthorized) {
            wrong(brought, trier);
            events.attempted(Proof.PASS_THROUGH, Outcome.REFUSED);
        } else {
            guesses.untold(trier.guess);
            repetitions.untold(trier.repetition);
            events.attempted(Proof.PASS_THROUGH, Outcome.UNAVAILABLE);
        }
    }

    private void wrong(Brought brought, Trier trier) {
        repetitions.wrong(trier.repetition);
        if (wrong.asMap().putIfAbsent(brought.id(), true) == null) {
            guesses.wrong(trier.guess);
        } else {
            guesses.untold(trier.guess);
        }
    }

    /** The upstream refused something to whoever brought this: where it never took the login, that may have been a guess. */
    void refused(Brought brought, InetAddress source) {
        if (taken.getIfPresent(brought.id()) != null) {
            return;
        }
        Trier trier = Trier.of(brought, source);
        try {
            begin(trier);
            wrong(brought, trier);
        } catch (RegistryException e) {
            events.attempted(Proof.PASS_THROUGH, Outcome.LIMITED);
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
