package io.entrepot.server.login;

import io.entrepot.server.aws.NoAwsKeys;
import io.entrepot.server.net.NetException;
import io.entrepot.server.net.NoProgram;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** It cannot be found out who we are, and why; the message is for people and holds nothing secret. */
public final class NoLogin extends RuntimeException {

    private static final Logger LOG = LoggerFactory.getLogger(NoLogin.class);

    NoLogin(String message) {
        super(message, null, false, false);
    }

    /** Any failure of finding it out. */
    static NoLogin of(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof NoLogin known) {
            return known;
        }
        if (cause instanceof NoAwsKeys
                || cause instanceof NoProgram
                || cause instanceof NetException
                || cause instanceof UncheckedIOException) {
            return new NoLogin(String.valueOf(cause.getMessage()));
        }
        LOG.atError().setCause(cause).log("login failed unexpectedly");
        return new NoLogin("it failed for a reason of our own");
    }
}
