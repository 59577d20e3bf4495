package io.entrepot.server.content;

import io.entrepot.server.upstream.BlobReply;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * Ranges far beyond the prefix of a fill, fetched by requests of their own into the same file. Only for upstreams with
 * {@code unverified-ranges: serve}, whose readers check chunks themselves. Beyond the bound a reader waits for the prefix.
 */
final class RangeFetches {

    /** A reader this close to the prefix waits for it. */
    private static final long NEAR = 4L * 1024 * 1024;

    /** The most that one request asks for. */
    private static final long SPAN = 8L * 1024 * 1024;

    private final Target target;
    private final Sink sink;
    private final FillFile file;
    private final Semaphore free;
    private final Store store;
    private final ContentStats stats;

    RangeFetches(Target target, Sink sink, FillFile file, int most, Store store, ContentStats stats) {
        this.store = store;
        this.target = target;
        this.sink = sink;
        this.file = file;
        this.free = new Semaphore(most);
        this.stats = stats;
    }

    /** Takes bytes at a position; may block. */
    @FunctionalInterface
    interface Sink {
        void write(long position, ByteBuffer bytes) throws IOException;
    }

    /** A reader that fetches what it needs next if that is far from here. */
    BodyReader reader(BodyReader waiting, long from, long to) {
        return new Eager(waiting, from, to);
    }

    private void want(long position, long to) {
        boolean near = position - file.prefix() < NEAR;
        if (near || file.available(position) > 0 || !free.tryAcquire()) {
            return;
        }
        CompletableFuture.completedFuture(target.upstream())
                .thenCompose(upstream -> upstream.blobRange(
                        target.repository(), target.digest(), position, Math.min(to, position + SPAN)))
                .thenCompose(reply -> copy(reply, position).whenComplete((done, failure) -> reply.close()))
                .whenComplete((done, failure) -> free.release());
    }

    private CompletableFuture<Void> copy(BlobReply reply, long position) {
        return reply.next()
                .thenCompose(bytes -> bytes.isEmpty()
                        ? CompletableFuture.completedFuture(null)
                        : write(position, bytes.get()).thenCompose(length -> copy(reply, position + length)));
    }

    private CompletableFuture<Integer> write(long position, ByteBuf bytes) {
        int length = bytes.readableBytes();
        stats.bytesFetched.add(length);
        stats.rangeBytesFetched.add(length);
        return store.call(() -> {
                    sink.write(position, bytes.nioBuffer());
                    return length;
                })
                .whenComplete((done, failure) -> bytes.release());
    }

    private final class Eager implements BodyReader {

        private final BodyReader waiting;
        private final long to;
        private long position;

        Eager(BodyReader waiting, long from, long to) {
            this.waiting = waiting;
            this.position = from;
            this.to = to;
        }

        @Override
        public CompletableFuture<Piece> next(int max) {
            want(position, to);
            return waiting.next(max).thenApply(piece -> {
                position += piece instanceof Piece.Region region ? region.length() : 0;
                return piece;
            });
        }

        @Override
        public void close() {
            waiting.close();
        }
    }
}
