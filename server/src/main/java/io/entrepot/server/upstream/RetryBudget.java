package io.entrepot.server.upstream;

/**
 * How often requests to one endpoint may be repeated: each that is asked for earns a tenth of a repetition, and at most ten
 * are saved. So an endpoint never gets more than 1.1 times what was asked for since it was opened, and ten more than that
 * in any shorter time. A blob that goes on where its body broke is asked for, and bounded by whoever reads it.
 */
final class RetryBudget {

    private static final int TENTHS = 10;
    private static final int MOST = 10 * TENTHS;

    private int earned; // tenths, under this

    /** A request is asked for. */
    synchronized void asked() {
        earned = Math.min(MOST, earned + 1);
    }

    /** Takes a repetition; false if none is left. */
    synchronized boolean take() {
        if (earned < TENTHS) {
            return false;
        }
        earned -= TENTHS;
        return true;
    }
}
