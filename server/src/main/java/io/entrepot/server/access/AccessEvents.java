package io.entrepot.server.access;

/** Told of every attempt to prove who somebody is. Called on any thread; returns at once and does not throw. */
@FunctionalInterface
public interface AccessEvents {

    /** What became of it. */
    enum Outcome {
        ACCEPTED,
        /** It proves nothing. */
        REFUSED,
        /** They failed too often just now. */
        LIMITED,
        /** It could not be looked at. */
        UNAVAILABLE
    }

    void attempted(Proof proof, Outcome outcome);
}
