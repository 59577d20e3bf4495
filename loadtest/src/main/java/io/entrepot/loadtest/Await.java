package io.entrepot.loadtest;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what must happen soon, with a deadline so generous that only a fault meets it. */
public final class Await {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private Await() {}

    /** Waits until this is so. @throws AssertionError after 60 seconds, naming what was awaited */
    public static void until(String what, BooleanSupplier condition) {
        until(() -> what, DEADLINE, condition);
    }

    /** Waits until this is so. @throws AssertionError after the deadline, naming what was awaited */
    public static void until(Supplier<String> what, Duration deadline, BooleanSupplier condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("did not happen within " + deadline.toSeconds() + " s: " + what.get());
            }
            nap();
        }
    }

    private static void nap() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting", e);
        }
    }
}
