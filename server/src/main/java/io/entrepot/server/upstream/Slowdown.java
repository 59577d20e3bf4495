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
    private Instant until = Instant.MIN;
    private Duration next;

    Slowdown(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
        this.next = first;
    }

    /** @param retryAfter zero if nothing was said */
    void refused(Duration retryAfter, Instant now) {
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
    void answered(Instant now) {
        if (isOver(now)) {
            next = first;
        }
    }

    boolean isOver(Instant now) {
        return !now.isBefore(until);
    }

    /** Not negative. */
    Duration left(Instant now) {
        return isOver(now) ? Duration.ZERO : Duration.between(now, until);
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
