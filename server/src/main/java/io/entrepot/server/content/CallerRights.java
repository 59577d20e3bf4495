package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.RegistryException.Unauthorized;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Caller;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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

    /** Somebody's right to read a repository. */
    private record Right(String caller, Repository repository) {}

    /** What they want of it, by which they show it. */
    private record Wish(Right right, Reading reading) {}

    /**
     * Completes if they may read the repository; at once if that was shown lately, or nobody need show it. Fails with a
     * {@link RegistryException}.
     *
     * @param upstream asked with what the caller brought
     */
    CompletableFuture<Void> mayRead(Upstream upstream, Caller caller, Repository repository, Reading reading) {
        Credentials as = upstream.config().credentials().of(repository.path());
        if (!(as instanceof Credentials.PassThrough rules)) {
            return CompletableFuture.completedFuture(null);
        }
        Right right = new Right(caller.id(), repository);
        Long at = shown.getIfPresent(right);
        long age = at == null ? Long.MAX_VALUE : ticker.read() - at;
        if (at != null && age < rules.fresh().toNanos()) {
            return CompletableFuture.completedFuture(null);
        }
        boolean stale =
                at != null && age - rules.fresh().toNanos() < rules.stale().toNanos();
        return asked(upstream, new Wish(right, reading)).exceptionallyCompose(failure -> {
            Throwable cause = Failures.cause(failure);
            boolean unknown = cause instanceof UpstreamException why && why.isOutage();
            return unknown && stale
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(told(cause, caller, repository, reading));
        });
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
                case REFUSED -> {
                    shown.invalidate(wish.right);
                    refused.put(wish, why);
                }
                case NOT_FOUND -> refused.put(wish, why);
                default -> {}
            }
        }
    }

    private static RuntimeException told(Throwable cause, Caller caller, Repository repository, Reading reading) {
        if (!(cause instanceof UpstreamException why)) {
            return Failures.told(cause, reading::absent);
        }
        RegistryException told = why.told(reading::absent);
        if (why.kind() == Kind.REFUSED && caller.isNobody()) {
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
