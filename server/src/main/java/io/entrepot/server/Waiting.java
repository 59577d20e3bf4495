package io.entrepot.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits where waiting is right: on the main thread, while starting and stopping. */
final class Waiting {

    private Waiting() {}

    /** Until it is complete, well or badly; true if that was in time. */
    static boolean atMost(CompletableFuture<?> future, long seconds) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        future.whenComplete((value, error) -> done.countDown());
        return done.await(seconds, TimeUnit.SECONDS);
    }
}
