package io.entrepot.server.content;

import io.entrepot.oci.RegistryException;
import io.entrepot.server.upstream.UpstreamException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** What a client is told when an upstream failed: the meaning is kept, and never becomes "not found". */
final class Failures {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration LIMITED = Duration.ofSeconds(60);

    private Failures() {}

    /** The failure that a future was completed with, without the wrapping that futures add. */
    static Throwable cause(Throwable failure) {
        Throwable inner = failure;
        while (inner instanceof CompletionException && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /** Whether the upstream said that it does not have it. */
    static boolean isNotFound(Throwable failure) {
        return cause(failure) instanceof UpstreamException said && said.kind() == UpstreamException.Kind.NOT_FOUND;
    }

    /** An upstream's failure in a client's words; {@code notFound} makes the 404. Anything else passes as it is. */
    static RuntimeException told(Throwable failure, Function<String, RegistryException> notFound) {
        Throwable inner = cause(failure);
        if (inner instanceof UpstreamException upstream) {
            return told(upstream, notFound);
        }
        return inner instanceof RuntimeException unchecked ? unchecked : new CompletionException(inner);
    }

    private static RegistryException told(UpstreamException failure, Function<String, RegistryException> notFound) {
        String message = failure.getMessage() == null ? failure.kind().toString() : failure.getMessage();
        return switch (failure.kind()) {
            case NOT_FOUND -> notFound.apply(message);
            case REFUSED -> new RegistryException.Denied("upstream refuses: " + message);
            case RATE_LIMITED ->
                // 503, not 429: containerd repeats a 429 six times at once and does not read Retry-After
                new RegistryException.Unavailable("upstream rate limit: " + message, retryAfter(failure, LIMITED));
            case FAILED, TIMEOUT, UNREACHABLE, CUT ->
                new RegistryException.Unavailable("upstream unavailable: " + message, retryAfter(failure, SOON));
            case INVALID -> new RegistryException.BadUpstream("upstream sent a wrong answer: " + message);
        };
    }

    private static Duration retryAfter(UpstreamException failure, Duration otherwise) {
        return failure.retryAfter().isZero() ? otherwise : failure.retryAfter();
    }
}
