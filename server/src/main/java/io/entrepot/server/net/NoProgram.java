package io.entrepot.server.net;

/** A program did not run as it should, and why; the message is for people and holds nothing that the program wrote. */
public final class NoProgram extends RuntimeException {

    NoProgram(String message) {
        super(message, null, false, false);
    }
}
