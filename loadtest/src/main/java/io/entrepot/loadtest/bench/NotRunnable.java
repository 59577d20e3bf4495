package io.entrepot.loadtest.bench;

/** The benchmark cannot run here; the message says what is missing. */
public final class NotRunnable extends RuntimeException {

    public NotRunnable(String message) {
        super(message);
    }
}
