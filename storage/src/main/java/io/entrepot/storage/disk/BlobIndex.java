package io.entrepot.storage.disk;

import io.entrepot.oci.Digest;
import io.entrepot.storage.BlobStore.Held;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * What is known of the blobs: size, use, verification. About 70 bytes a blob; every step takes the same time
 * however many, and what looks at all of them does so in pieces, so that nobody waits for it.
 *
 * <p>All of it can be found again from the files, except when a blob was used and verified. Every field is guarded by
 * the object's lock; nothing here touches a file.
 */
final class BlobIndex {

    /**
     * What is known of one blob.
     *
     * @param stamp the file's fingerprint when its bytes were last right, {@link StorageFs.Stat#UNKNOWN} if never
     */
    record Entry(long size, long stamp, long lastUsed, long lastVerified, boolean manifest) {}

    private static final int MANIFEST = BlobRows.MANIFEST;
    private static final int SWEEP = 2;
    private static final int NAMED = 4;
    private static final int PIECE = 4096;

    private final DigestTable digests = new DigestTable();
    private final Sizes size = new Sizes();
    private final Longs stamp = new Longs();
    private final Ints used = new Ints();
    private final Ints verified = new Ints();
    private final Bytes flags = new Bytes();
    private final Ints older = new Ints();
    private final Ints newer = new Ints();
    private final UseOrder blobs = new UseOrder(older, newer);
    private final UseOrder manifests = new UseOrder(older, newer);
    private int sweep;
    private long bytes;
    private long changes;

    synchronized long bytes() {
        return bytes;
    }

    synchronized int count() {
        return digests.size();
    }

    /** Grows with every change, so that an unchanged index need not be written again. */
    synchronized long changes() {
        return changes;
    }

    synchronized Optional<Entry> find(Digest digest) {
        int id = digests.find(digest);
        return id == DigestTable.NONE ? Optional.empty() : Optional.of(entry(id));
    }

    private Entry entry(int id) {
        return new Entry(
                size.get(id),
                stamp.get(id),
                Integer.toUnsignedLong(used.get(id)),
                Integer.toUnsignedLong(verified.get(id)),
                isManifest(id));
    }

    private boolean isManifest(int id) {
        return (flags.get(id) & MANIFEST) != 0;
    }

    /** Adds a blob as the most recently used, or replaces what is known of it. */
    synchronized void put(Digest digest, Entry entry) {
        long[] words = DigestTable.words(digest);
        remove(digests.find(digest.algorithm(), words));
        int id = digests.insert(digest.algorithm(), words);
        stamp.set(id, entry.stamp());
        used.set(id, (int) entry.lastUsed());
        verified.set(id, (int) entry.lastVerified());
        add(id, entry.size(), entry.manifest());
    }

    private void add(int id, long length, boolean manifest) {
        size.set(id, length);
        flags.set(id, (byte) (sweep | NAMED | (manifest ? MANIFEST : 0)));
        order(id).add(id);
        bytes += length;
        changes++;
    }

    /** Adds a blob of which only the file is known, unless it is there. */
    synchronized void found(Digest digest, long length, Instant now) {
        int id = digests.find(digest);
        if (id == DigestTable.NONE) {
            put(digest, new Entry(length, StorageFs.Stat.UNKNOWN, now.getEpochSecond(), 0, false));
        }
    }

    private UseOrder order(int id) {
        return isManifest(id) ? manifests : blobs;
    }

    synchronized boolean remove(Digest digest) {
        return remove(digests.find(digest));
    }

    private boolean remove(int id) {
        if (id == DigestTable.NONE) {
            return false;
        }
        order(id).remove(id);
        bytes -= size.get(id);
        digests.delete(id);
        changes++;
        return true;
    }

    synchronized void used(Digest digest, Instant now) {
        int id = digests.find(digest);
        if (id != DigestTable.NONE) {
            used.set(id, (int) now.getEpochSecond());
            order(id).remove(id);
            order(id).add(id);
            changes++;
        }
    }

    synchronized void verified(Digest digest, long fingerprint, Instant now) {
        int id = digests.find(digest);
        if (id != DigestTable.NONE) {
            stamp.set(id, fingerprint);
            verified.set(id, (int) now.getEpochSecond());
            changes++;
        }
    }

    /** Remembers that a blob is a manifest, which is evicted only when nothing else is left. */
    synchronized void manifest(Digest digest) {
        int id = digests.find(digest);
        if (id != DigestTable.NONE && !isManifest(id)) {
            order(id).remove(id);
            flags.set(id, (byte) (flags.get(id) | MANIFEST));
            order(id).add(id);
            changes++;
        }
    }

    /** The blob to evict next: least recently used first, manifests last; one in use is moved to the end of the line. */
    synchronized Optional<Digest> victim(Predicate<Digest> inUse) {
        return victim(blobs, inUse).or(() -> victim(manifests, inUse));
    }

    private Optional<Digest> victim(UseOrder order, Predicate<Digest> inUse) {
        int start = order.oldest();
        int id = start;
        while (id != DigestTable.NONE) {
            Digest digest = digests.digest(id);
            if (!inUse.test(digest)) {
                return Optional.of(digest);
            }
            order.remove(id);
            order.add(id);
            id = order.oldest() == start ? DigestTable.NONE : order.oldest();
        }
        return Optional.empty();
    }

    /** Starts a walk over all blobs in the order of their use; one at a time. */
    synchronized void startWalk() {
        blobs.startWalk();
        manifests.startWalk();
    }

    /**
     * The numbers of the next blobs of the walk, those to be evicted last at the end of their kind; returns how many, 0 at
     * the end. One that was used meanwhile may come twice, the last time where it belongs. Manifests come last: what is
     * found to be one meanwhile moves to their end.
     */
    synchronized int walk(int[] into) {
        int count = blobs.walk(into);
        return count == 0 ? manifests.walk(into) : count;
    }

    /** Makes room for this many blobs. */
    synchronized void expect(int blobCount) {
        digests.expect(blobCount);
    }

    /** Adds to the rows what is known of the blobs of these numbers, if they have one now. */
    synchronized void copy(int[] ids, int count, BlobRows into) {
        for (int i = 0; i < count; i++) {
            int id = ids[i];
            if (digests.isUsed(id)) {
                into.add(digests, id, isManifest(id), size.get(id), stamp.get(id), used.get(id), verified.get(id));
            }
        }
    }

    /** Adds blobs as the most recently used ones, the last row last; replaces what is known of them. */
    synchronized void addAll(BlobRows rows) {
        int start = digests.span();
        stamp.setAll(start, rows.stamps(), rows.count());
        used.setAll(start, rows.used(), rows.count());
        verified.setAll(start, rows.verified(), rows.count());
        for (int row = 0; row < rows.count(); row++) {
            add(start + row, rows.sizes()[row], rows.isManifest(row));
        }
        digests.insertAll(rows, this::remove);
    }

    /** All numbers of {@link #held} are below this. */
    synchronized int span() {
        return digests.span();
    }

    /** The blob of this number, if it has one now. */
    synchronized Optional<Held> held(int id) {
        return digests.isUsed(id) ? Optional.of(heldAt(id)) : Optional.empty();
    }

    private Held heldAt(int id) {
        Entry entry = entry(id);
        return new Held(digests.digest(id), entry.size(), entry.lastUsed(), entry.lastVerified());
    }

    /** At most this many blobs that were last verified before a time, the longest ago first. */
    List<Held> unverifiedSince(Instant before, int limit) {
        PriorityQueue<Long> oldest = new PriorityQueue<>((a, b) -> Long.compare(b, a));
        inPieces(id -> {
            long when = Integer.toUnsignedLong(verified.get(id));
            if (when < before.getEpochSecond()) {
                keepLowest(oldest, (when << 31) | id, limit);
            }
        });
        return oldest.stream()
                .sorted()
                .map(key -> held((int) (key & 0x7FFFFFFF)))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Looks at every blob that is held, with the lock, which others get now and then. */
    private void inPieces(IntConsumer look) {
        for (int start = 0; start < span(); start += PIECE) {
            piece(start, look);
        }
    }

    private synchronized void piece(int start, IntConsumer look) {
        int end = Math.min(digests.span(), start + PIECE);
        for (int id = start; id < end; id++) {
            if (digests.isUsed(id)) {
                look.accept(id);
            }
        }
    }

    private static void keepLowest(PriorityQueue<Long> lowest, long key, int limit) {
        if (lowest.size() == limit && lowest.element() > key) {
            lowest.remove();
        }
        if (lowest.size() < limit) {
            lowest.add(key);
        }
    }

    /** Starts to look for what nothing names: {@link #named} and new blobs are told from the rest. */
    void startNaming() {
        inPieces(id -> flags.set(id, (byte) (flags.get(id) & ~NAMED)));
    }

    /** Something names this blob. */
    synchronized void named(Digest digest) {
        int id = digests.find(digest);
        if (id != DigestTable.NONE) {
            flags.set(id, (byte) (flags.get(id) | NAMED));
        }
    }

    /** The blob of this number, if it has one that nothing has named since {@link #startNaming} nor used since a time. */
    synchronized Optional<Held> unnamed(int id, Instant usedSince) {
        return isUnnamed(id, usedSince) ? Optional.of(heldAt(id)) : Optional.empty();
    }

    private boolean isUnnamed(int id, Instant usedSince) {
        return digests.isUsed(id)
                && (flags.get(id) & NAMED) == 0
                && Integer.toUnsignedLong(used.get(id)) <= usedSince.getEpochSecond();
    }

    /** Forgets a blob if it is still unnamed; whoever names it comes before this or finds it gone. */
    synchronized boolean removeUnnamed(Digest digest, Instant usedSince) {
        int id = digests.find(digest);
        return id != DigestTable.NONE && isUnnamed(id, usedSince) && remove(id);
    }

    /** Starts to compare with the directory: from now on {@link #seen} and new blobs are told from the rest. */
    synchronized void startSweep() {
        sweep ^= SWEEP;
    }

    /** True if the blob was known; it is on the disk. */
    synchronized boolean seen(Digest digest) {
        int id = digests.find(digest);
        if (id == DigestTable.NONE) {
            return false;
        }
        flags.set(id, (byte) ((flags.get(id) & ~SWEEP) | sweep));
        return true;
    }

    /** The blobs among so many numbers from this one on that were not seen since the sweep started. */
    synchronized List<Digest> unseen(int start, int numbers) {
        List<Digest> unseen = new ArrayList<>();
        int end = Math.min(digests.span(), start + numbers);
        for (int id = start; id < end; id++) {
            if (digests.isUsed(id) && (flags.get(id) & SWEEP) != sweep) {
                unseen.add(digests.digest(id));
            }
        }
        return unseen;
    }
}
