package io.entrepot.server.http;

import io.entrepot.config.MirrorConfig.Limits;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.util.function.LongSupplier;

/**
 * Whether direct memory is about to end: most of it is taken from the system, and what is taken is in use. What a burst has
 * left in the pool unused is room.
 */
public final class DirectMemory {

    private final long nearlyAll;
    private final LongSupplier taken;
    private final LongSupplier inUse;

    /**
     * @param nearlyAll bytes from which on it counts as spent
     * @param taken bytes taken from the system; negative: nobody counts them
     * @param inUse of these, in buffers; asked only if much is taken
     */
    DirectMemory(long nearlyAll, LongSupplier taken, LongSupplier inUse) {
        this.nearlyAll = nearlyAll;
        this.taken = taken;
        this.inUse = inUse;
    }

    /** That of this process. */
    public static DirectMemory ofProcess(Limits limits) {
        return new DirectMemory(
                PlatformDependent.maxDirectMemory() / 100 * limits.directMemory(),
                PlatformDependent::usedDirectMemory,
                DirectMemory::pinned);
    }

    private static long pinned() {
        return ByteBufAllocator.DEFAULT instanceof PooledByteBufAllocator pooled
                ? pooled.pinnedDirectMemory()
                : PlatformDependent.usedDirectMemory();
    }

    boolean isSpent() {
        return taken.getAsLong() >= nearlyAll && inUse.getAsLong() >= nearlyAll / 2;
    }
}
