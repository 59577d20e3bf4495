package io.entrepot.server;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Handing a task to a pool takes the lock of its queue for as long as a put takes, or that of the pool for as long as a thread
 * takes to be made; that two do so at the same moment is no blocked event loop. Whatever the task does is still watched, on the
 * thread that runs it.
 */
public final class QueueLocks implements BlockHoundIntegration {

    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.allowBlockingCallsInside("java.util.concurrent.ArrayBlockingQueue", "offer")
                .allowBlockingCallsInside("java.util.concurrent.LinkedBlockingQueue", "offer")
                .allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "addWorker")
                .allowBlockingCallsInside("java.util.concurrent.ForkJoinPool", "submissionQueue");
        // what CompletableFuture keeps its deadlines in
        String delays = "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue";
        builder.allowBlockingCallsInside(delays, "offer").allowBlockingCallsInside(delays, "remove");
    }
}
