package io.entrepot.server.pull;

import java.util.concurrent.CompletionException;

/** What a future failed with, without the wrapping that futures add. */
final class Causes {

    private Causes() {}

    static Throwable of(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
