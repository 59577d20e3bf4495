package io.entrepot.server.upstream;

import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.config.Reach;
import io.entrepot.oci.Registry;
import io.entrepot.server.upstream.Breaker.Permit;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.entrepot.server.upstream.UpstreamException.Trait;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One endpoint of an upstream behind its breaker: asked while it answers, and once more where that may help. */
final class Guarded implements AutoCloseable {

    /** What took longer to fail is not repeated: its client has waited enough. */
    private static final Duration QUICK = Duration.ofSeconds(2);

    private static final long SHORTEST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 250;

    private final RegistryUpstream endpoint;
    private final Breaker breaker = new Breaker();
    private final RetryBudget retries = new RetryBudget();
    private final UpstreamEvents events;
    private final Ticker ticker;
    private volatile long suspendedAt;
    private volatile Instant suspendedSince = Instant.EPOCH;

    Guarded(RegistryUpstream endpoint, UpstreamEvents events, Ticker ticker) {
        this.endpoint = endpoint;
        this.events = events;
        this.ticker = ticker;
    }

    /** What a failure of a host says that a redirect led to. */
    enum Elsewhere {
        /** Manifests are there: the upstream cannot be used without it. */
        COUNTS,
        /** It is the storage of blobs: the registry itself has answered. */
        IS_STORAGE
    }

    /**
     * Asks, or refuses at once with {@link Kind#SUSPENDED}. What failed quickly and may pass is asked once more, if the
     * budget has it: every question is a GET or HEAD, and its answer was not begun to be read.
     */
    <T> CompletableFuture<T> ask(Elsewhere elsewhere, Function<RegistryUpstream, CompletableFuture<T>> question) {
        retries.asked();
        long began = ticker.read();
        return once(elsewhere, question)
                .exceptionallyCompose(failure -> mayRepeat(failure, began)
                        ? again(elsewhere, question)
                        : CompletableFuture.failedFuture(Failures.cause(failure)));
    }

    private <T> CompletableFuture<T> again(
            Elsewhere elsewhere, Function<RegistryUpstream, CompletableFuture<T>> question) {
        events.repeated(endpoint.config().key());
        return pause().thenCompose(passed -> once(elsewhere, question));
    }

    private boolean mayRepeat(Throwable failure, long began) {
        return Failures.cause(failure) instanceof UpstreamException why
                && why.is(Trait.PASSING)
                && why.retryAfter().isZero()
                && Duration.ofNanos(ticker.read() - began).compareTo(QUICK) < 0
                && breaker.state() == Breaker.State.CLOSED
                && retries.take();
    }

    /** Of different length, so that those who failed together do not come again together. */
    private static CompletableFuture<Void> pause() {
        long millis = ThreadLocalRandom.current().nextLong(SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS);
        return CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, Runnable::run));
    }

    private <T> CompletableFuture<T> once(
            Elsewhere elsewhere, Function<RegistryUpstream, CompletableFuture<T>> question) {
        Optional<Permit> permit = breaker.ask(ticker.read());
        return permit.isEmpty() ? CompletableFuture.failedFuture(refusal()) : put(question, permit.get(), elsewhere);
    }

    /** What is thrown at once is a failure as any other: the permit is settled whatever happens. */
    private <T> CompletableFuture<T> put(
            Function<RegistryUpstream, CompletableFuture<T>> question, Permit permit, Elsewhere elsewhere) {
        return CompletableFuture.completedFuture(endpoint)
                .thenCompose(question)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(endpoint.failure(failure)))
                .whenComplete((answer, failure) -> settle(permit, elsewhere, failure));
    }

    /** What is behind the breaker, for what asks nobody. */
    RegistryUpstream endpoint() {
        return endpoint;
    }

    /** Finds out, if it is time to, whether a suspended endpoint answers again; returns at once. */
    void look() {
        breaker.ask(ticker.read()).ifPresent(permit -> put(RegistryUpstream::ping, permit, Elsewhere.COUNTS));
    }

    /** Whether requests are sent to it, and not only now and then to find out. */
    boolean isAsked() {
        return breaker.state() == Breaker.State.CLOSED;
    }

    /** Whether this failure is an answer, for which nobody else is asked. */
    boolean isBelieved(UpstreamException why) {
        Set<Reach.Answer> passOn = endpoint.config().reach().passOn();
        return switch (why.kind()) {
            case NOT_FOUND -> !passOn.contains(Reach.Answer.NOT_FOUND) && !why.is(Trait.UNSUPPORTED);
            case REFUSED -> !passOn.contains(Reach.Answer.REFUSED);
            case FAILED, TIMEOUT, UNREACHABLE, CUT, INVALID, RATE_LIMITED, OFFLINE, BUSY, SUSPENDED, WITHHELD -> false;
        };
    }

    private void settle(Permit permit, Elsewhere elsewhere, @Nullable Throwable failure) {
        if (failure == null) {
            answered();
        } else if (Failures.cause(failure) instanceof UpstreamException why) {
            failed(permit, elsewhere, why);
        } else {
            breaker.unclear(permit);
        }
    }

    private void failed(Permit permit, Elsewhere elsewhere, UpstreamException why) {
        if (why.is(Trait.NO_SIGN)) {
            breaker.unclear(permit);
            return;
        }
        switch (why.kind()) {
            case NOT_FOUND, REFUSED, RATE_LIMITED, INVALID -> answered();
            case FAILED, TIMEOUT, UNREACHABLE, CUT -> {
                if (elsewhere == Elsewhere.IS_STORAGE && why.is(Trait.ELSEWHERE)) {
                    answered();
                } else if (breaker.failed(permit, why, ticker.read())) {
                    suspended(why);
                }
            }
            case OFFLINE, BUSY, SUSPENDED, WITHHELD -> breaker.unclear(permit);
        }
    }

    private void suspended(UpstreamException why) {
        suspendedAt = ticker.read();
        suspendedSince = Instant.now();
        events.noticed(new Incident.EndpointSuspended(registry(), host(), String.valueOf(why.getMessage())));
    }

    private void answered() {
        long now = ticker.read();
        if (breaker.answered(now)) {
            events.noticed(new Incident.EndpointResumed(
                    registry(),
                    host(),
                    Duration.ofSeconds(Duration.ofNanos(now - suspendedAt).toSeconds())));
        }
    }

    private UpstreamException refusal() {
        Duration wait = breaker.askedAgainIn(ticker.read());
        String why = breaker.why().map(Throwable::getMessage).orElse(registry() + ": it does not answer");
        return new UpstreamException(Kind.SUSPENDED, why + "; it is asked again in " + seconds(wait) + " s", wait);
    }

    private static long seconds(Duration wait) {
        return wait.plusMillis(999).toSeconds();
    }

    /** How it stands with this endpoint, for a person. */
    EndpointHealth health() {
        return switch (breaker.state()) {
            case CLOSED -> EndpointHealth.asked(host());
            case OPEN -> suspended(EndpointHealth.State.SUSPENDED);
            case HALF_OPEN -> suspended(EndpointHealth.State.HALF_OPEN);
        };
    }

    private EndpointHealth suspended(EndpointHealth.State state) {
        return new EndpointHealth(
                host(),
                state,
                Optional.of(suspendedSince),
                breaker.why().map(Throwable::getMessage).orElse(""),
                breaker.askedAgainIn(ticker.read()));
    }

    private Registry registry() {
        return endpoint.registry();
    }

    String host() {
        return endpoint.config().url().getRawAuthority();
    }

    @Override
    public void close() {
        endpoint.close();
    }
}
