package io.entrepot.server.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** How much happened in a window that ends now, in slots: what is older than the window, less at most a slot, is forgotten. */
final class Tally {

    private static final int SLOTS = 96;

    private final Duration window;
    private final long slotMillis;
    private final long[] counts = new long[SLOTS + 1];
    private long newest = Long.MIN_VALUE;

    Tally(Duration window) {
        this.window = window;
        this.slotMillis = Math.max(1, window.toMillis() / SLOTS);
    }

    Duration window() {
        return window;
    }

    void add(Instant now) {
        turnTo(now);
        counts[at(newest)]++;
    }

    /** Since the beginning of the window. */
    long count(Instant now) {
        return count(now, window);
    }

    /** In the last part of the window. */
    long count(Instant now, Duration last) {
        turnTo(now);
        long slots = Math.min(SLOTS, last.toMillis() / slotMillis);
        long sum = 0;
        for (long slot = newest - slots; slot <= newest; slot++) {
            sum += counts[at(slot)];
        }
        return sum;
    }

    /** When the oldest of what is counted leaves the window, at the latest. */
    Optional<Instant> oldestLeaves(Instant now) {
        turnTo(now);
        for (long slot = newest - SLOTS; slot <= newest; slot++) {
            if (counts[at(slot)] > 0) {
                return Optional.of(Instant.ofEpochMilli((slot + 1) * slotMillis).plus(window));
            }
        }
        return Optional.empty();
    }

    private void turnTo(Instant now) {
        long slot = Math.floorDiv(now.toEpochMilli(), slotMillis);
        if (newest == Long.MIN_VALUE || slot - newest > SLOTS) {
            Arrays.fill(counts, 0);
            newest = slot;
        }
        while (newest < slot) {
            newest++;
            counts[at(newest)] = 0;
        }
    }

    private static int at(long slot) {
        return (int) Math.floorMod(slot, SLOTS + 1L);
    }
}
