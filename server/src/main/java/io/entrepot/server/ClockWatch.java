package io.entrepot.server;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/** Notices that somebody set the machine's clock: by more than it may drift between two looks. One thread at a time. */
final class ClockWatch {

    private static final Duration MOST_DRIFT = Duration.ofSeconds(2);

    private final InstantSource wall;
    private final LongSupplier nanos;
    private final BiConsumer<Instant, Duration> told;
    private Instant wallBefore;
    private long nanosBefore;

    /** @param told the time that it was set to, and by how much */
    ClockWatch(InstantSource wall, LongSupplier nanos, BiConsumer<Instant, Duration> told) {
        this.wall = wall;
        this.nanos = nanos;
        this.told = told;
        this.wallBefore = wall.instant();
        this.nanosBefore = nanos.getAsLong();
    }

    void look() {
        Instant now = wall.instant();
        long nanosNow = nanos.getAsLong();
        Duration by = Duration.between(wallBefore, now).minusNanos(nanosNow - nanosBefore);
        wallBefore = now;
        nanosBefore = nanosNow;
        if (by.abs().compareTo(MOST_DRIFT) > 0) {
            told.accept(now, by);
        }
    }
}
