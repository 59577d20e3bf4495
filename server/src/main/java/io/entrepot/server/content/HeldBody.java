package io.entrepot.server.content;

import io.entrepot.storage.Lease;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A blob that is held and trusted: any number of readers, each at its own pace, none held back. */
final class HeldBody implements Body.Streamed {

    private final Lease lease;
    private final Store store;
    private final AtomicBoolean closed = new AtomicBoolean();

    HeldBody(Lease lease, Store store) {
        this.lease = lease;
        this.store = store;
    }

    @Override
    public long size() {
        return lease.size();
    }

    @Override
    public BodyReader open(long from, long to) {
        return new Prefetch(new Reader(from, to), to, position -> true, store);
    }

    @Override
    public CompletableFuture<Boolean> kept() {
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            lease.close();
        }
    }

    /** Confined to its caller: one {@code next} at a time. */
    private final class Reader implements BodyReader {

        private final long to;
        private long position;

        Reader(long from, long to) {
            this.position = from;
            this.to = to;
        }

        @Override
        public CompletableFuture<Piece> next(int max) {
            int length = (int) Math.min(max, to - position);
            Piece piece = new Piece.Region(lease.channel(), position, length);
            position += length;
            return CompletableFuture.completedFuture(piece);
        }

        @Override
        public void close() {}
    }
}
