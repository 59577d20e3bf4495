package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands where it is turned to. */
final class VirtualClock extends Clock {

    private static final Instant BEGINNING = Instant.parse("2026-03-01T00:00:00Z");

    private volatile Duration now = Duration.ZERO;

    /** @param time since the beginning */
    void turnTo(Duration time) {
        now = time;
    }

    Ticker ticker() {
        return () -> now.toNanos();
    }

    @Override
    public Instant instant() {
        return BEGINNING.plus(now);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
