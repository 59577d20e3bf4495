package io.entrepot.server.audit.tlog;

/** What is there now cannot have grown out of what was signed: to sign it would be to sign a fork. */
final class Contradiction extends Exception {

    Contradiction(String message) {
        super(message);
    }
}
