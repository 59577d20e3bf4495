package io.entrepot.server.pull;

import io.entrepot.server.policy.Verdict;

/** What the rules look at cannot be had, and waiting does not help: in doubt it is refused. */
final class Unjudged extends RuntimeException {

    Unjudged(String message) {
        super(message, null, false, false);
    }

    Verdict verdict() {
        return new Verdict.Deny("", String.valueOf(getMessage()), false, false);
    }
}
