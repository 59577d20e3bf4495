package io.entrepot.server.audit.tlog;

/** A witness did not sign; what it said instead. */
public final class WitnessFailure extends RuntimeException {

    WitnessFailure(String message) {
        super(message);
    }
}
