package io.entrepot.server.content;

import io.entrepot.oci.RegistryException;
import io.entrepot.storage.Lease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A held blob whose file is not the one that was verified last: it is hashed once more while it streams, and nobody gets
 * the end of it before that is done. What is wrong is set aside, and fetched again by whoever asks next.
 */
final class Recheck implements Growing.Shared {

    /** Bytes hashed in one go, so that one large blob does not keep a thread of the store's pool. */
    private static final long SLICE = 32L * 1024 * 1024;

    private static final int CHUNK = 256 * 1024;

    private final Lease lease;
    private final Store store;
    private final Gate gate;
    private final MessageDigest hash;
    private final CompletableFuture<Boolean> right = new CompletableFuture<>();
    /** The check itself, and each body given out. Guarded by this. */
    private int holders = 1;

    Recheck(Lease lease, Store store) {
        this.lease = lease;
        this.store = store;
        this.gate = new Gate(lease.size(), lease.channel(), position -> lease.size() - position);
        this.hash = lease.digest().algorithm().newHash();
    }

    /** Starts to hash. */
    void start() {
        slice(0);
    }

    /** Completes with whether the bytes are right; fails if they could not be looked at. */
    CompletableFuture<Boolean> right() {
        return right;
    }

    @Override
    public Gate gate() {
        return gate;
    }

    /** A body for one more client; empty if the verdict is there, by which the store knows better, or the file closed. */
    synchronized Optional<Growing> body() {
        if (holders == 0 || right.isDone()) {
            return Optional.empty();
        }
        holders++;
        return Optional.of(new Growing(this));
    }

    @Override
    public BodyReader open(long from, long to) {
        return new Prefetch(gate.reader(from, to, true), to, position -> true, store);
    }

    @Override
    public CompletableFuture<Boolean> kept() {
        return right;
    }

    @Override
    public void release() {
        boolean last;
        synchronized (this) {
            holders--;
            last = holders == 0;
        }
        if (last) {
            lease.close();
        }
    }

    private void slice(long from) {
        store.call(() -> hash(from)).whenComplete((next, failure) -> {
            if (failure != null && Failures.cause(failure) instanceof IOException unreadable) {
                end(false, "cannot be read: " + unreadable);
            } else if (failure != null) {
                giveUp(Failures.told(failure, RegistryException.BlobUnknown::new));
            } else if (next < lease.size()) {
                slice(next);
            } else {
                boolean agrees = MessageDigest.isEqual(
                        hash.digest(), HexFormat.of().parseHex(lease.digest().hex()));
                end(agrees, "the bytes do not hash to the digest");
            }
        });
    }

    /** Nothing is known of the bytes: the store is too busy to read them. */
    private void giveUp(RuntimeException why) {
        gate.failed(why);
        right.completeExceptionally(why);
        release();
    }

    private long hash(long from) throws IOException {
        byte[] chunk = new byte[CHUNK];
        long at = from;
        while (at < lease.size() && at < from + SLICE) {
            int read = lease.channel().read(ByteBuffer.wrap(chunk), at);
            if (read <= 0) {
                throw new IOException("the file ended at byte " + at);
            }
            hash.update(chunk, 0, read);
            at += read;
        }
        return at;
    }

    private void end(boolean agrees, String detail) {
        store.act(() -> {
                    if (agrees) {
                        store.blobs().verified(lease);
                    } else {
                        putAway(detail);
                    }
                })
                .whenComplete((done, failure) -> {
                    if (agrees) {
                        gate.verified();
                    } else {
                        gate.failed(new RegistryException.Unavailable(
                                lease.digest() + " was damaged here; it will be fetched again", Duration.ofSeconds(1)));
                    }
                    right.complete(agrees);
                    release();
                });
    }

    /** Out of the way in any case: what stays would be found damaged again by everybody who asks. */
    private void putAway(String detail) throws IOException {
        try {
            store.blobs().setAside(lease.digest(), detail);
        } catch (IOException e) {
            store.blobs().remove(lease.digest());
        }
    }
}
