package io.entrepot.server.cli;

import java.time.Duration;

/** Lengths of time as a person reads them in a table. */
final class Spans {

    private static final Duration SHORT = Duration.ofMinutes(2);
    private static final Duration LONG = Duration.ofHours(2);

    private Spans() {}

    /** {@code 8s}, {@code 52m}, {@code 6h}: rounded down. */
    static String text(Duration time) {
        if (time.compareTo(SHORT) < 0) {
            return Math.max(0, time.toSeconds()) + "s";
        }
        return time.compareTo(LONG) < 0 ? time.toMinutes() + "m" : time.toHours() + "h";
    }
}
