package io.entrepot.server.net;

import java.time.Duration;
import java.util.function.Function;

/** Something given out for a while: a value, and how long from its receipt it holds. It may be a secret: it is never printed. */
public record Lease<T>(T value, Duration lifetime) {

    /** For ever, as far as a process lives. */
    private static final Duration EVER = Duration.ofDays(36_500);

    public Lease {
        if (lifetime.isNegative()) {
            throw new IllegalArgumentException("lifetime: " + lifetime + " (expected: none below zero)");
        }
        lifetime = lifetime.compareTo(EVER) > 0 ? EVER : lifetime;
    }

    /** What does not end. */
    public static <T> Lease<T> ever(T value) {
        return new Lease<>(value, EVER);
    }

    /** Something made of the value, for as long. */
    public <R> Lease<R> map(Function<T, R> made) {
        return new Lease<>(made.apply(value), lifetime);
    }

    @Override
    public String toString() {
        return "*** for " + lifetime;
    }
}
