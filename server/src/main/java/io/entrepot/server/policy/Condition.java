package io.entrepot.server.policy;

/** One list of a match that is not empty. */
@FunctionalInterface
interface Condition {

    Fit hold(Facts facts);
}
