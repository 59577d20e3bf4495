package io.entrepot.server.content;

import io.entrepot.server.upstream.BlobReply;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Set<Span> underWay = ConcurrentHashMap.newKeySet();
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

    /** Asks for what is missing from a position on, unless it is there, under way, or about to come. */
    private void want(long position, long to) {
        boolean near = position - file.prefix() < NEAR;
        if (near || file.available(position) > 0 || isUnderWay(position) || !free.tryAcquire()) {
            return;
        }
        Span span = new Span(position, Math.min(to, position + SPAN));
        underWay.add(span);
        CompletableFuture.completedFuture(target.upstream())
                .thenCompose(
                        upstream -> upstream.blobRange(target.repository(), target.digest(), span.from(), span.to()))
                .thenCompose(reply -> copy(reply, span).whenComplete((done, failure) -> reply.close()))
                .whenComplete((done, failure) -> {
                    underWay.remove(span);
                    free.release();
                });
    }

    private boolean isUnderWay(long position) {
        return underWay.stream().anyMatch(span -> span.from() <= position && position < span.to());
    }

    private record Span(long from, long to) {}

    private CompletableFuture<Void> copy(BlobReply reply, Span span) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        copy(reply, span.from(), span.to(), done);
        return done;
    }

    /** One piece after the other, and none beyond what was asked for. */
    private void copy(BlobReply reply, long position, long to, CompletableFuture<Void> done) {
        if (position >= to) {
            done.complete(null);
            return;
        }
        reply.next()
                .thenCompose(
                        bytes -> bytes.isEmpty() ? CompletableFuture.completedFuture(0) : write(position, bytes.get()))
                .whenComplete((length, failure) -> {
                    if (failure != null) {
                        done.completeExceptionally(failure);
                    } else if (length == 0) {
                        done.complete(null);
                    } else {
                        copy(reply, position + length, to, done);
                    }
                });
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
