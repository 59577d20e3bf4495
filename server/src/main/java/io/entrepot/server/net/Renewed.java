package io.entrepot.server.net;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that ends, as keys and tokens do: fetched by one request however many ask, renewed behind their backs when three
 * quarters of its time are over, and kept until its end if that fails. Nothing is fetched while nobody asks. A failure is
 * remembered for {@link #FAILURE_KEPT}, so that a source that refuses is not asked by every request.
 *
 * <pre>
 *   NOTHING ──asked──▶ FETCHING ──lease──▶ HELD ──3/4 over, asked──▶ HELD, FETCHING
 *      ▲                   │                 │                           │
 *      └─────────failure, for a while        └──end, refused──▶ NOTHING  └──lease or failure──▶ HELD
 * </pre>
 */
public final class Renewed<T> {

    /** Between two attempts where one has failed or what it brought was refused, and between two renewals. */
    public static final Duration FAILURE_KEPT = Duration.ofSeconds(2);

    /** What is left of a time is of no use near its end: clocks differ, and a request takes a while. */
    private static final Duration MARGIN = Duration.ofMinutes(1);

    private final Supplier<CompletableFuture<Lease<T>>> source;
    private final Ticker ticker;

    // guarded by this
    private @Nullable Held<T> held;
    private @Nullable Flight<T> flight;
    private @Nullable Throwable failure;
    private long failureUntil;
    private long renewFrom;

    /** What is held: a value, and since and until when on the ticker. */
    private record Held<T>(T value, long since, long until) {}

    /** A fetch in progress, which {@link #forget} makes one whose result nobody keeps. */
    private static final class Flight<T> {
        private final CompletableFuture<T> result = new CompletableFuture<>();
    }

    /** @param source fetches; it may complete at once and on any thread */
    public Renewed(Supplier<CompletableFuture<Lease<T>>> source, Ticker ticker) {
        this.source = source;
        this.ticker = ticker;
    }

    /** The value, or why there is none. Completing or cancelling what is returned does nothing to others. */
    public CompletableFuture<T> get() {
        Flight<T> mine = new Flight<>();
        CompletableFuture<T> answer;
        boolean fetch;
        synchronized (this) {
            long now = ticker.read();
            Held<T> known = held != null && held.until() - now > 0 ? held : null;
            fetch = flight == null && (known == null ? failureIsOver(now) : renewFrom - now <= 0);
            if (fetch) {
                flight = mine;
            }
            answer = answer(known);
        }
        if (fetch) {
            // not under the lock: whatever completes may come back here
            start(mine);
        }
        return answer;
    }

    private boolean failureIsOver(long now) {
        return failure == null || failureUntil - now <= 0;
    }

    private CompletableFuture<T> answer(@Nullable Held<T> known) {
        if (known != null) {
            return CompletableFuture.completedFuture(known.value());
        }
        Flight<T> running = flight;
        Throwable why = failure;
        return running != null
                ? running.result.copy()
                : CompletableFuture.failedFuture(why == null ? new IllegalStateException("nothing fetched") : why);
    }

    /**
     * The value was refused where it was shown: unless another has replaced it, or it has just come, the next who asks has
     * one fetched.
     */
    public void refused(T value) {
        refuse(value::equals);
    }

    /** The same, of a value that is told by something in it. */
    public synchronized void refuse(Predicate<T> refused) {
        Held<T> known = held;
        if (known != null && refused.test(known.value()) && ticker.read() - known.since() >= FAILURE_KEPT.toNanos()) {
            held = null;
        }
    }

    /** Forgets value and failure, since what they were made of has changed. Who waits now gets what is on its way. */
    public synchronized void forget() {
        held = null;
        flight = null;
        failure = null;
    }

    private void start(Flight<T> mine) {
        CompletableFuture<Lease<T>> fetched;
        try {
            fetched = source.get();
        } catch (RuntimeException e) {
            fetched = CompletableFuture.failedFuture(e);
        }
        fetched.whenComplete((lease, why) -> {
            if (why == null) {
                keep(mine, lease);
                mine.result.complete(lease.value());
            } else {
                Throwable cause = why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
                keep(mine, cause);
                mine.result.completeExceptionally(cause);
            }
        });
    }

    private synchronized void keep(Flight<T> mine, Lease<T> lease) {
        if (flight != mine) {
            return;
        }
        long now = ticker.read();
        Duration lifetime = lease.lifetime();
        flight = null;
        failure = null;
        held = new Held<>(
                lease.value(),
                now,
                now + lifetime.minus(shorter(MARGIN, lifetime.dividedBy(10))).toNanos());
        renewFrom = now + Math.max(FAILURE_KEPT.toNanos(), lifetime.toNanos() / 4 * 3);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private synchronized void keep(Flight<T> mine, Throwable why) {
        if (flight != mine) {
            return;
        }
        flight = null;
        failure = why;
        failureUntil = ticker.read() + FAILURE_KEPT.toNanos();
        renewFrom = failureUntil;
    }
}
