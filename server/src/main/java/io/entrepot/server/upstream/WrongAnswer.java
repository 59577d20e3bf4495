package io.entrepot.server.upstream;

/** An answer that cannot be right; the message says what came and what was expected, without naming the upstream. */
final class WrongAnswer extends RuntimeException {

    WrongAnswer(String message) {
        super(message, null, false, false);
    }
}
