package io.entrepot.server.upstream;

import java.time.Duration;

/** An upstream that did not give what it was asked for. The message names the upstream and what happened, in words for a person. */
public final class UpstreamException extends RuntimeException {

    /** What happened, as far as it decides what is done next. */
    public enum Kind {
        /** 404. */
        NOT_FOUND,
        /** 401 or 403: our credentials, or their lack, do not suffice. Many registries say so of what does not exist, too. */
        REFUSED,
        /** 429. */
        RATE_LIMITED,
        /** 5xx. */
        FAILED,
        /** No answer in time. */
        TIMEOUT,
        /** No connection. */
        UNREACHABLE,
        /** The transfer broke; what came is good. */
        CUT,
        /** An answer that cannot be right: a web page, a wrong range, content coding, a hostile realm or redirect. */
        INVALID
    }

    private final Kind kind;
    private final Duration retryAfter;

    public UpstreamException(Kind kind, String message, Duration retryAfter) {
        super(message, null, false, false);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public UpstreamException(Kind kind, String message) {
        this(kind, message, Duration.ZERO);
    }

    public Kind kind() {
        return kind;
    }

    /** What {@code Retry-After} said; zero if nothing. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
