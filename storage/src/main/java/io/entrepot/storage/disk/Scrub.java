package io.entrepot.storage.disk;

import io.entrepot.oci.Digest;
import io.entrepot.storage.BlobStore.Held;
import io.entrepot.storage.Lease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads blobs again to see that they are still right: what was verified the longest ago first, so a restart goes on. */
final class Scrub {

    /**
     * Told of every piece that was read, before the next, and of every blob before it is opened, which counts as {@link
     * #OPENING}; waits as long as it likes, or says false to stop.
     */
    @FunctionalInterface
    interface Pace {
        boolean next(int bytes);
    }

    static final Pace FULL_SPEED = bytes -> true;

    /** To find and open a file costs a disk about as much as to read so many bytes: many small ones are no less work than a few. */
    static final int OPENING = 64 * 1024;

    private static final int BATCH = 1024;
    private static final int PIECE = 256 * 1024;

    private final StorageFs fs;
    private final DiskBlobs blobs;
    private final BlobIndex index;
    private final Duration period;

    Scrub(StorageFs fs, DiskBlobs blobs, BlobIndex index, Duration period) {
        this.fs = fs;
        this.blobs = blobs;
        this.index = index;
        this.period = period;
    }

    /** Reads some of the blobs that were not verified within the period; false if there was none. */
    boolean round(Instant now, Pace pace) throws IOException {
        List<Held> due = index.unverifiedSince(now.minus(period), BATCH);
        for (Held blob : due) {
            if (!pace.next(OPENING)) {
                return false;
            }
            check(blob.digest(), pace);
        }
        return !due.isEmpty();
    }

    /** Reads one blob: a good one is trusted from now on, a bad one is set aside. True if it is held and good. */
    boolean check(Digest digest, Pace pace) throws IOException {
        Optional<Lease> lease = blobs.inspect(digest);
        if (lease.isEmpty()) {
            return false;
        }
        try (Lease held = lease.get()) {
            Optional<Digest> actual = read(held, pace);
            return actual.isPresent() && judge(held, actual.get());
        }
    }

    private boolean judge(Lease lease, Digest actual) throws IOException {
        if (actual.equals(lease.digest())) {
            blobs.verified(lease);
            return true;
        }
        blobs.setAside(lease.digest(), "hashes to " + actual);
        return false;
    }

    /** What the bytes hash to; empty if stopped, or if the file cannot be read and was set aside for it. */
    private Optional<Digest> read(Lease lease, Pace pace) throws IOException {
        try {
            return hash(lease, pace);
        } catch (IOException e) {
            blobs.setAside(lease.digest(), "cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Digest> hash(Lease lease, Pace pace) throws IOException {
        MessageDigest hash = lease.digest().algorithm().newHash();
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        for (long at = 0; at < lease.size(); at += piece.limit()) {
            int read = fs.read(lease.channel(), piece.clear(), at);
            if (read == 0 || !pace.next(read)) {
                return read == 0
                        ? Optional.of(Digest.ofHash(lease.digest().algorithm(), hash.digest()))
                        : Optional.empty();
            }
            hash.update(piece.array(), 0, read);
            piece.flip();
        }
        return Optional.of(Digest.ofHash(lease.digest().algorithm(), hash.digest()));
    }
}
