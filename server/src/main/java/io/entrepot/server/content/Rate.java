package io.entrepot.server.content;

import java.time.Duration;

/** Measures a transfer over windows of time spent waiting for it; time that we let it wait does not count. */
final class Rate {

    private final long minimum;
    private final long window;
    private long bytes;
    private long waited;

    /**
     * @param minimum bytes per second below which a transfer is too slow; 0: never
     * @param window over how much waiting that is judged
     */
    Rate(long minimum, Duration window) {
        this.minimum = minimum;
        this.window = window.toNanos();
    }

    void restart() {
        bytes = 0;
        waited = 0;
    }

    /** Counts bytes and how long they were waited for; true if a whole window has passed below the minimum. */
    boolean tooSlow(int length, long waitedNanos) {
        bytes += length;
        waited += waitedNanos;
        if (waited < window) {
            return false;
        }
        boolean slow = bytes / (waited / 1e9) < minimum;
        restart();
        return slow;
    }
}
