package io.entrepot.server.audit.journal;

/**
 * Records that cannot be read any more.
 *
 * @param from the first seq that is missing
 * @param to the first that is not
 * @param why what was found in their place
 */
public record Gap(long from, long to, String why) {
    public Gap {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("gap from " + from + " to " + to + " (expected: 0 <= from < to)");
        }
    }
}
