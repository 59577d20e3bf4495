package io.entrepot.server.upstream;

import io.entrepot.server.net.HttpReply;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import io.entrepot.server.upstream.Withheld.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What each request of one account goes by: it waits for its turn, is counted, and what its answer says of limits is noted.
 *
 * @param lane whose turn it is: a client's, or empty
 */
record Meter(Words words, Budget budget, Pacer pacer, String lane, InstantSource clock) {

    /**
     * Completes when a request may be sent, with the number that goes with its answer, after which {@link #left} must
     * follow; fails if it may not.
     */
    CompletableFuture<Long> turn(Endpoint endpoint) {
        Optional<Withheld> why = endpoint == Endpoint.TOKEN ? budget.tokens(clock.instant()) : Optional.empty();
        return why.isPresent()
                ? CompletableFuture.failedFuture(why.get().told())
                : pacer.enter(lane).thenApply(mayGo -> go(endpoint, mayGo));
    }

    private long go(Endpoint endpoint, boolean mayGo) {
        if (!mayGo) {
            budget.withheld(Reason.PACE);
            throw words.pace().told();
        }
        return budget.sent(endpoint);
    }

    /** The head of its answer is here, or none will be. */
    void left() {
        pacer.leave();
    }

    /** The answer of the upstream itself, or of its token server; not that of a storage that it redirected to. */
    void heard(Endpoint endpoint, Heard heard, long number) {
        HttpReply reply = heard.reply();
        Optional<Grant> grant = endpoint == Endpoint.TOKEN ? Optional.empty() : Grant.of(reply::header);
        if (heard.status() == 429) {
            Duration retryAfter = reply.header("Retry-After")
                    .map(text -> RetryAfter.parse(text, Instant.now()))
                    .orElse(Duration.ZERO);
            budget.refused(endpoint, grant, retryAfter, isOfPulls(heard, grant), clock.instant());
        } else {
            budget.answered(endpoint, grant, heard.status() < 300, number, clock.instant());
        }
    }

    /**
     * Docker Hub says {@code toomanyrequests: You have reached your pull rate limit} in an error body when pulls are used up,
     * and sends a plain {@code Too Many Requests} to who is too fast.
     */
    private static boolean isOfPulls(Heard heard, Optional<Grant> grant) {
        return heard.message().toLowerCase(Locale.ROOT).contains("pull rate limit")
                || grant.filter(said -> said.remaining() == 0).isPresent();
    }
}
