package io.entrepot.server.upstream;

import io.entrepot.oci.RegistryException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;

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
        INVALID,
        /** Nobody was asked, because nobody may be. */
        OFFLINE,
        /** Nobody was asked, because as many requests as may be are on their way already. */
        BUSY,
        /** Nobody was asked, because those who were asked last got no answer. */
        SUSPENDED,
        /** It was not asked: what it grants is spent, or kept for others, or it wants to be left alone. */
        WITHHELD
    }

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration LIMITED = Duration.ofSeconds(60);

    private final Kind kind;
    private final Duration retryAfter;
    private final Set<Trait> traits;

    /** What else decides whether it is worth asking again. */
    enum Trait {
        /** It may well be gone when the same is asked a moment later. */
        PASSING,
        /** It cannot say, since it has no such API. */
        UNSUPPORTED,
        /** It was another host than the one that was asked: it had answered, with a redirect. */
        ELSEWHERE,
        /**
         * It is no sign of whether the host answers that was to be asked: it was not asked, or who failed was its token
         * server, or we ourselves.
         */
        NO_SIGN
    }

    public UpstreamException(Kind kind, String message, Duration retryAfter) {
        this(kind, message, retryAfter, Set.of());
    }

    public UpstreamException(Kind kind, String message) {
        this(kind, message, Duration.ZERO);
    }

    UpstreamException(Kind kind, String message, Duration retryAfter, Set<Trait> traits) {
        super(message, null, false, false);
        this.kind = kind;
        this.retryAfter = retryAfter;
        this.traits = Set.copyOf(traits);
    }

    public Kind kind() {
        return kind;
    }

    /** What {@code Retry-After} said; zero if nothing. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** The same, of one of several endpoints. */
    UpstreamException at(String endpoint) {
        return new UpstreamException(kind, getMessage() + " (at " + endpoint + ")", retryAfter, traits);
    }

    /** The same, with this trait, too. */
    UpstreamException with(Trait trait) {
        Set<Trait> more = EnumSet.of(trait);
        more.addAll(traits);
        return new UpstreamException(kind, String.valueOf(getMessage()), retryAfter, more);
    }

    /** How long a client is to wait before it comes again. */
    Duration patience() {
        Duration unsaid = kind == Kind.RATE_LIMITED || kind == Kind.WITHHELD ? LIMITED : SOON;
        return retryAfter.isZero() ? unsaid : retryAfter;
    }

    /** Whether it says nothing of what was asked for. */
    public boolean isOutage() {
        return kind != Kind.NOT_FOUND && kind != Kind.REFUSED;
    }

    /** Whether it is for a limit that it was not given. */
    boolean isLimit() {
        return kind == Kind.RATE_LIMITED || kind == Kind.WITHHELD;
    }

    boolean is(Trait trait) {
        return traits.contains(trait);
    }

    /** What a client is told: the meaning is kept, and never becomes "not found". {@code notFound} makes the 404. */
    public RegistryException told(Function<String, RegistryException> notFound) {
        String message = getMessage() == null ? kind.toString() : getMessage();
        return switch (kind) {
            case NOT_FOUND -> notFound.apply(message);
            case REFUSED -> new RegistryException.Denied("upstream refuses: " + message);
            case RATE_LIMITED ->
                // 503, not 429: containerd repeats a 429 six times at once and does not read Retry-After
                new RegistryException.Unavailable("upstream rate limit: " + message, patience());
            case WITHHELD -> new RegistryException.Unavailable("upstream not asked: " + message, patience());
            case FAILED, TIMEOUT, UNREACHABLE, CUT, BUSY, SUSPENDED ->
                new RegistryException.Unavailable("upstream unavailable: " + message, patience());
            case OFFLINE ->
                new RegistryException.NotHere(notFound.apply(notHere()).getMessage());
            case INVALID -> new RegistryException.BadUpstream("upstream sent a wrong answer: " + message);
        };
    }

    /** What a client is told of content that an upstream which is offline was to give. */
    public String notHere() {
        return "not held here, and " + getMessage() + " (see entrepot cache misses)";
    }
}
