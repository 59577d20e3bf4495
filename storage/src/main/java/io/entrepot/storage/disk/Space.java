package io.entrepot.storage.disk;

import io.entrepot.oci.Digest;
import io.entrepot.storage.StoreFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The room of a store: what is held and promised stays within the limit, and the file system keeps a free rest.
 *
 * <p>The object's lock is held by the one who makes room; to give room back takes no lock.
 */
final class Space {

    /** Evicts one blob; false if there is none that may go. */
    @FunctionalInterface
    interface Evict {
        boolean one() throws IOException;
    }

    /** More than any disk has; sums of two such sizes are still numbers. */
    private static final long LARGEST = Long.MAX_VALUE / 4;

    private final StorageFs fs;
    private final Path root;
    private final long maxSize;
    private final long minFree;
    private final BlobIndex index;
    private final Evict evict;
    private final AtomicLong reserved = new AtomicLong();
    private final AtomicLong unwritten = new AtomicLong();

    Space(StorageFs fs, Path root, DiskStore.Options options, BlobIndex index, Evict evict) {
        this.fs = fs;
        this.root = root;
        this.maxSize = options.maxSize();
        this.minFree = options.minFree();
        this.index = index;
        this.evict = evict;
    }

    long maxSize() {
        return maxSize;
    }

    long reserved() {
        return reserved.get();
    }

    long free() throws IOException {
        return fs.free(root);
    }

    /** Promises these bytes to a blob, evicting others if need be and allowed. */
    synchronized void reserve(Digest digest, long size, boolean mayEvict) throws IOException {
        if (size > Math.min(maxSize, LARGEST)) {
            throw new StoreFullException(digest + ": " + size + " bytes (expected: at most max-size, " + maxSize + ")");
        }
        if (mayEvict ? !makeRoom(size, 0) : lack(size, 0) > 0) {
            throw new StoreFullException(digest + ": no room for " + size + " bytes (held " + index.bytes()
                    + ", being written " + reserved + ", max-size " + maxSize + ", free on disk " + free()
                    + ", to be kept free " + minFree + ")");
        }
        reserved.addAndGet(size);
        unwritten.addAndGet(size);
    }

    /** Evicts until the limit holds and, once the free rest is too small, until it is a tenth above what it should be. */
    synchronized boolean trim() throws IOException {
        long margin = lackOfFree(0) > 0 ? minFree / 10 : 0;
        return makeRoom(0, margin) || makeRoom(0, 0);
    }

    /**
     * Evicts nothing if that would be in vain. Gives way after each blob, so that a request does not wait for the whole time
     * slice of a thread that evicts thousands.
     */
    @SuppressWarnings("ThreadPriorityCheck")
    private boolean makeRoom(long size, long margin) throws IOException {
        while (true) {
            long lack = lack(size, margin);
            if (lack <= 0) {
                return true;
            }
            if (lack > index.bytes() || !evict.one()) {
                return false;
            }
            Thread.yield();
        }
    }

    private long lack(long size, long margin) throws IOException {
        return Math.max(lackOfLimit(size), lackOfFree(size + margin));
    }

    /** The bytes that must go before these fit into the limit. */
    private long lackOfLimit(long size) {
        return index.bytes() + reserved.get() - (maxSize - size);
    }

    /** The bytes that must go before these fit on the file system. */
    private long lackOfFree(long size) throws IOException {
        return minFree + size - (free() - unwritten.get());
    }

    /** These reserved bytes are in their file now. */
    void written(long bytes) {
        unwritten.addAndGet(-bytes);
    }

    /** Gives a reservation back, of which some bytes were never written. */
    void release(long size, long notWritten) {
        reserved.addAndGet(-size);
        unwritten.addAndGet(-notWritten);
    }
}
