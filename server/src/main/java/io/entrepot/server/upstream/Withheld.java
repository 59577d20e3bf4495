package io.entrepot.server.upstream;

import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;

/**
 * A request that is not sent.
 *
 * @param message the upstream and why, in words for a person
 * @param retryAfter when it may be worth to come again
 */
public record Withheld(Reason reason, String message, Duration retryAfter) {

    /** Why. */
    public enum Reason {
        /** Nothing is left of what the upstream grants, or it said so by a 429. */
        SPENT,
        /** What is left is kept for others. */
        RESERVED,
        /** The client has asked for too many names that nobody knows. */
        NEW_NAMES,
        /** The upstream asked us to slow down. */
        SLOW_DOWN,
        /** It waited too long for its turn, or too many wait. */
        PACE
    }

    UpstreamException told() {
        return new UpstreamException(Kind.WITHHELD, message, retryAfter);
    }
}
