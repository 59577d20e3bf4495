package io.entrepot.server;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;

/**
 * Makes blocking on an event loop an error where it happens, and fails the test in which it did even if that error went
 * nowhere. (If somebody else has installed BlockHound before, the error where it happens is all there is.)
 */
public final class BlockHoundSetup implements BeforeEachCallback, AfterEachCallback {

    private static final Queue<Error> SEEN = new ConcurrentLinkedQueue<>();

    static {
        BlockHound.builder()
                .loadIntegrations()
                .blockingMethodCallback(method -> {
                    Error error = new BlockingOperationError(method);
                    SEEN.add(error);
                    throw error;
                })
                .install();
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        SEEN.clear();
    }

    @Override
    public void afterEach(ExtensionContext test) {
        Error first = SEEN.peek();
        if (first != null) {
            throw new AssertionError("an event loop was blocked", first);
        }
    }
}
