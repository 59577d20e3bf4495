package io.entrepot.server.http;

import io.netty.util.LeakPresenceDetector;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Netty's exact leak detector, counting apart what is made between {@link #open} and {@link Scope#close}: one test's
 * leak, or a TLS context that the collector has not come to yet, is not the next one's. Installed by a system property.
 */
public final class ScopedLeakDetector<T> extends LeakPresenceDetector<T> {

    private static final AtomicReference<ResourceScope> CURRENT = new AtomicReference<>();

    /** By which Netty makes it. */
    public ScopedLeakDetector(Class<?> type, int interval, long max) {
        super(type, interval, max);
    }

    /** By which Netty makes it. */
    public ScopedLeakDetector(Class<?> type, int interval) {
        super(type);
    }

    /** Counts apart from here on. */
    public static Scope open() {
        ResourceScope scope = new ResourceScope("test");
        CURRENT.set(scope);
        return () -> {
            CURRENT.compareAndSet(scope, null);
            if (scope.hasOpenResources()) {
                throw new AssertionError("a buffer was not released"
                        + " (-Dio.netty.util.LeakPresenceDetector.trackCreationStack=true says where it was made)");
            }
        };
    }

    @Override
    protected ResourceScope currentScope() throws AllocationProhibitedException {
        ResourceScope scope = CURRENT.get();
        return scope == null ? super.currentScope() : scope;
    }

    /** A time in which everything that is made must also be released. */
    public interface Scope extends AutoCloseable {

        /** Fails if something was not. */
        @Override
        void close();
    }
}
