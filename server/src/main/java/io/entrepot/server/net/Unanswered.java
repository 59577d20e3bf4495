package io.entrepot.server.net;

/** A connection ended before the request, or had been used before and ended before any byte of an answer: it may never have been read. */
final class Unanswered extends RuntimeException {

    Unanswered(Origin origin) {
        super(origin.authority(), null, false, false);
    }
}
