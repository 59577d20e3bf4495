package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.RegistryException.Unauthorized;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What callers may read where the upstream decides that by what they bring themselves: it is asked once, by the cheapest
 * request for what they want, and its answer holds for them and the repository for a while. Without it they are given
 * nothing, held or not.
 *
 * <p>Only an answer that gives what was asked for shows the right to read: some registries say "not found" of what is not
 * for everybody.
 */
final class CallerRights {

    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final long NEVER = Long.MAX_VALUE;
    private static final int MOST = 100_000;
    private static final Duration LONGEST = Duration.ofDays(14);
    private static final Duration REFUSAL_REMEMBERED = Duration.ofSeconds(10);
    private static final int MOST_REFUSALS = 10_000;

    private final Bulkhead bulkhead;
    private final Ticker ticker;
    private final Cache<Right, Long> shown;
    private final Cache<Wish, UpstreamException> refused;
    private final Flights<Wish, Void> asking = new Flights<>();

    CallerRights(Bulkhead bulkhead, Ticker ticker) {
        this.bulkhead = bulkhead;
        this.ticker = ticker;
        this.shown = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(LONGEST)
                .ticker(ticker)
                .build();
        this.refused = Caffeine.newBuilder()
                .maximumSize(MOST_REFUSALS)
                .expireAfterWrite(REFUSAL_REMEMBERED)
                .ticker(ticker)
                .build();
    }

    /**
     * Somebody's right to read a repository, as the one place said that was asked.
     *
     * @param content whether to read what is there, or the names of it alone
     */
    private record Right(String caller, URI upstream, Repository repository, boolean content) {

        Right toRead() {
            return new Right(caller, upstream, repository, true);
        }

        Right toList() {
            return new Right(caller, upstream, repository, false);
        }
    }

    /** What they want of it, by which they show it. */
    private record Wish(Right right, Reading reading) {}

    /**
     * Completes if they may read the repository; at once if that was shown lately, or nobody need show it. Fails with a
     * {@link RegistryException}.
     *
     * @param upstream asked with what the caller brought
     */
    CompletableFuture<Void> mayRead(Upstream upstream, Repository repository, Reading reading) {
        Credentials as = upstream.config().credentials().of(repository.path());
        if (!(as instanceof Credentials.PassThrough rules)) {
            return CompletableFuture.completedFuture(null);
        }
        Right right = new Right(upstream.caller(), upstream.config().url(), repository, reading.isContent());
        long age = age(right);
        if (age < rules.fresh().toNanos()) {
            return CompletableFuture.completedFuture(null);
        }
        boolean stale = age < rules.fresh().plus(rules.stale()).toNanos();
        CompletableFuture<Void> asked = asked(upstream, new Wish(right, reading));
        if (!stale) {
            return asked.exceptionallyCompose(failure ->
                    CompletableFuture.failedFuture(told(Failures.cause(failure), upstream, repository, reading)));
        }
        if (upstream.isSuspended()) {
            // whoever finds out whether it is back, nobody with a right waits for that
            return asked.isDone() ? orAsBefore(asked, upstream, repository, reading) : DONE;
        }
        return orAsBefore(
                asked.copy().orTimeout(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS), upstream, repository, reading);
    }

    /** What was shown before holds where the upstream does not say that it does not. */
    private static CompletableFuture<Void> orAsBefore(
            CompletableFuture<Void> asked, Upstream upstream, Repository repository, Reading reading) {
        return asked.exceptionallyCompose(failure -> {
            Throwable cause = Failures.cause(failure);
            boolean unknown =
                    cause instanceof TimeoutException || (cause instanceof UpstreamException why && why.isOutage());
            return unknown ? DONE : CompletableFuture.failedFuture(told(cause, upstream, repository, reading));
        });
    }

    /** Nanoseconds since it was shown; far beyond any rule if it was not. */
    private long age(Right right) {
        Long content = shown.getIfPresent(right.toRead());
        Long names = right.content ? content : shown.getIfPresent(right);
        long now = ticker.read();
        return Math.min(content == null ? NEVER : now - content, names == null ? NEVER : now - names);
    }

    /** The same; a caller who is refused what they were let read before is let read nothing more of it. */
    <T> CompletableFuture<T> unlessRefused(CompletableFuture<T> brought, Upstream upstream, Repository repository) {
        return !upstream.isPassThrough(repository)
                ? brought
                : brought.whenComplete((value, failure) -> {
                    if (failure != null
                            && Failures.cause(failure) instanceof UpstreamException why
                            && why.kind() == Kind.REFUSED) {
                        forget(upstream, repository);
                    }
                });
    }

    /** Nothing that was shown before holds any more. */
    private void forget(Upstream upstream, Repository repository) {
        Right content = new Right(upstream.caller(), upstream.config().url(), repository, true);
        shown.invalidate(content);
        shown.invalidate(content.toList());
    }

    private CompletableFuture<Void> asked(Upstream upstream, Wish wish) {
        UpstreamException known = refused.getIfPresent(wish);
        if (known != null) {
            return CompletableFuture.failedFuture(known);
        }
        return bulkhead.await(
                upstream.registry(),
                () -> asking.join(
                        wish,
                        () -> wish.reading
                                .ask(upstream, wish.right.repository)
                                .whenComplete((done, failure) -> heard(wish, failure))));
    }

    private void heard(Wish wish, @Nullable Throwable failure) {
        if (failure == null) {
            shown.put(wish.right, ticker.read());
        } else if (Failures.cause(failure) instanceof UpstreamException why) {
            switch (why.kind()) {
                case REFUSED, NOT_FOUND -> {
                    // "not found" is what some registries say to whom they do not let read any more
                    shown.invalidate(wish.right.toRead());
                    shown.invalidate(wish.right.toList());
                    refused.put(wish, why);
                }
                default -> {}
            }
        }
    }

    private static RuntimeException told(Throwable cause, Upstream upstream, Repository repository, Reading reading) {
        if (!(cause instanceof UpstreamException why)) {
            return Failures.told(cause, reading::absent);
        }
        RegistryException told = why.told(reading::absent);
        if (why.kind() == Kind.REFUSED && upstream.caller().isEmpty()) {
            return new Unauthorized(
                    told.getMessage() + "; a login at " + repository.registry() + " may help",
                    Unauthorized.Why.TOO_NARROW);
        }
        return why.isOutage()
                ? new RegistryException.Unavailable(
                        "whether you may read " + repository + " cannot be found out now: " + told.getMessage(),
                        told.retryAfter())
                : told;
    }
}
