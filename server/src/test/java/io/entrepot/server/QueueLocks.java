package io.entrepot.server;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Handing a task to a pool takes the lock of its queue for as long as a put takes; that two do so at the same moment is no
 * blocked event loop. Whatever the task does is still watched, on the thread that runs it.
 */
public final class QueueLocks implements BlockHoundIntegration {

    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.allowBlockingCallsInside("java.util.concurrent.ArrayBlockingQueue", "offer")
                .allowBlockingCallsInside("java.util.concurrent.LinkedBlockingQueue", "offer");
    }
}
