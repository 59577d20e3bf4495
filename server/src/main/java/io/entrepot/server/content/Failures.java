package io.entrepot.server.content;

import io.entrepot.oci.RegistryException;
import io.entrepot.server.upstream.UpstreamException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** What a client is told when an upstream failed: the meaning is kept, and never becomes "not found". */
final class Failures {

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

    /** A failure of an upstream or the store in a client's words; {@code notFound} makes the 404. Anything else passes as it is. */
    static RuntimeException told(Throwable failure, Function<String, RegistryException> notFound) {
        Throwable inner = cause(failure);
        if (inner instanceof UpstreamException upstream) {
            return upstream.told(notFound);
        }
        if (inner instanceof IOException) {
            return new RegistryException.Unavailable("the store failed: " + inner, Duration.ofSeconds(5));
        }
        return inner instanceof RuntimeException unchecked ? unchecked : new CompletionException(inner);
    }
}
