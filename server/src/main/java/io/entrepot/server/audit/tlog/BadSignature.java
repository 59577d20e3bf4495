package io.entrepot.server.audit.tlog;

/** A note has a signature that claims to be by a known key and is not: the whole note is to be refused. */
public final class BadSignature extends Exception {

    BadSignature(String message) {
        super(message);
    }
}
