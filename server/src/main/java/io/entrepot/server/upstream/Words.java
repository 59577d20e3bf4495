package io.entrepot.server.upstream;

import io.entrepot.server.upstream.Withheld.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Why an upstream is not asked, or less often, in words for a person.
 *
 * @param registry the upstream's name
 * @param account as whom we are known there; never a secret
 */
record Words(String registry, String account) {

    Withheld slowDown(String who, Duration wait) {
        return new Withheld(
                Reason.SLOW_DOWN, registry + ": " + who + " asked us to slow down (429)" + again(wait), wait);
    }

    Withheld spent(Optional<Grant> grant, Duration wait) {
        return new Withheld(Reason.SPENT, spent(grant) + again(wait), wait);
    }

    Withheld reserved(Grant grant, long left, Duration wait) {
        return new Withheld(
                Reason.RESERVED,
                registry + ": what is left of its rate limit (" + left + " " + of(grant) + ") is kept for others"
                        + again(wait),
                wait);
    }

    Withheld newNames(Grant grant, String client, long most, Duration wait) {
        return new Withheld(
                Reason.NEW_NAMES,
                registry + ": " + client + " asked for " + most + " names in " + text(grant.window())
                        + " that nobody had asked for here, which is its share of the rate limit; the next in "
                        + text(wait),
                wait);
    }

    Withheld pace() {
        Duration soon = Duration.ofSeconds(10);
        return new Withheld(
                Reason.PACE,
                registry + ": too many requests wait for their turn (rate-limits: rate, at-once, wait)",
                soon);
    }

    /** What there is, for who may spend {@code left} of it. */
    String remains(Optional<Grant> grant, long left) {
        return grant.filter(known -> left > 0)
                .map(known -> registry + ": " + left + " requests left " + of(known))
                .orElseGet(() -> spent(grant));
    }

    private String spent(Optional<Grant> grant) {
        return registry + ": its rate limit is used up ("
                + grant.map(known -> "0 " + of(known)).orElse("for " + account) + ")";
    }

    private String of(Grant grant) {
        return "of " + grant.limit() + " in " + text(grant.window()) + " for " + account;
    }

    private static String again(Duration wait) {
        return "; asked again in " + text(wait);
    }

    /** {@code 52 min}, {@code 6 h}: rounded up. */
    static String text(Duration time) {
        long seconds = Math.max(1, time.toSeconds());
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 7_200) {
            return (seconds + 59) / 60 + " min";
        }
        return (seconds + 3_599) / 3_600 + " h";
    }

    /** Not less than a second. */
    static Duration until(Instant then, Instant now) {
        Duration wait = Duration.between(now, then);
        return wait.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : wait;
    }
}
