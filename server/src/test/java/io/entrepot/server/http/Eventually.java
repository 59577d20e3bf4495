package io.entrepot.server.http;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something that happens soon, for as long as a slow machine may need. */
public final class Eventually {

    private Eventually() {}

    public static void until(BooleanSupplier happened) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it did not happen");
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
