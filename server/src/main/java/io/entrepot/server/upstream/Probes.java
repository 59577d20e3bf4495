package io.entrepot.server.upstream;

import java.time.Duration;
import java.time.Instant;

/**
 * How it is found out whether a budget that seems spent has room again: by a HEAD, which does not count, one at a time; where
 * HEADs do not say what is left, by one request that counts. Guarded by its budget.
 */
final class Probes {

    private static final int IN_WINDOW = 24;

    private boolean headsTell = true;
    private boolean looking;
    private Instant looked = Instant.MIN;
    private Instant counted = Instant.MIN;

    /** As far as is known: until one did not, they are believed to. */
    boolean headsTell() {
        return headsTell;
    }

    /** A HEAD was answered with what was asked for. */
    void headSaid(boolean whatIsLeft) {
        headsTell = whatIsLeft;
    }

    /** Whether a HEAD may be sent for this now; if so, {@link #looked} must follow. */
    boolean look(Instant now) {
        if (!headsTell || looking) {
            return false;
        }
        looking = true;
        looked = now;
        return true;
    }

    /**
     * It has ended. If it was answered and did not tell, HEADs are not relied on until one tells again.
     *
     * @param heard when it was last said what is left
     */
    void looked(boolean answered, Instant heard) {
        looking = false;
        headsTell &= !answered || !heard.isBefore(looked);
    }

    /** One that counts is sent. */
    void counted(Instant now) {
        counted = now;
    }

    /** When to look again, though we know of nothing that must have come back: others may have spent it, too. */
    Instant next(Instant heard, Duration window) {
        Instant since = counted.isAfter(heard) ? counted : heard;
        return since.plus(window.dividedBy(IN_WINDOW));
    }
}
