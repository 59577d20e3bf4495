package io.entrepot.server.upstream;

import java.time.Duration;
import java.time.Instant;

/**
 * Until when an upstream wants to be left alone after a 429: as long as its Retry-After said, else longer each time, from
 * the first to the longest.
 */
final class Slowdown {

    private static final Duration LEAST = Duration.ofSeconds(1);

    private final Duration first;
    private final Duration longest;

    // guarded by this
    private Instant until = Instant.MIN;
    private Duration next;

    Slowdown(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
        this.next = first;
    }

    /** Of who was too fast: 2 s at first, 5 min at most. */
    static Slowdown ofHaste() {
        return new Slowdown(Duration.ofSeconds(2), Duration.ofMinutes(5));
    }

    /** @param retryAfter zero if nothing was said */
    synchronized void refused(Duration retryAfter, Instant now) {
        boolean said = !retryAfter.isZero();
        Duration wait = said ? max(retryAfter, LEAST) : next;
        if (!isOver(now) && !said) {
            // several were under way when the first was refused: that is one refusal
            return;
        }
        next = said ? first : min(next.multipliedBy(2), longest);
        Instant then = now.plus(wait);
        until = then.isAfter(until) ? then : until;
    }

    /** It answers again. */
    synchronized void answered(Instant now) {
        if (isOver(now)) {
            next = first;
        }
    }

    synchronized boolean isOver(Instant now) {
        return !now.isBefore(until);
    }

    /** Not negative. */
    synchronized Duration left(Instant now) {
        return isOver(now) ? Duration.ZERO : Duration.between(now, until);
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
