package io.entrepot.server.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as a person reads them. */
final class Times {

    private Times() {}

    /** UTC, to the second, as in {@code 2026-03-01T10:00:00Z}. */
    static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
