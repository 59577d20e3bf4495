package io.entrepot.server;

/** A mirror that cannot start; the message says in one line what is in the way. Nothing of it runs on. */
public final class StartException extends Exception {

    public StartException(String message) {
        super(message);
    }
}
