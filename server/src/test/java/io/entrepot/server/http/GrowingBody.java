package io.entrepot.server.http;

import io.entrepot.server.content.Body;
import io.entrepot.server.content.BodyReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A blob that comes in as the test says, read by anybody meanwhile; its pieces are made on the test's thread. */
final class GrowingBody implements Body.Streamed {

    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger readers = new AtomicInteger();
    private final byte[] bytes;
    private final List<Reader> waiting = new ArrayList<>();
    private int there;
    private boolean failed;

    GrowingBody(byte[] bytes) {
        this.bytes = bytes;
    }

    /** So many bytes are there now. */
    void grow(int to) {
        List<Reader> woken;
        synchronized (this) {
            there = to;
            woken = List.copyOf(waiting);
            waiting.clear();
        }
        woken.forEach(Reader::wake);
    }

    /** The body turned out to be wrong. */
    void fail() {
        List<Reader> woken;
        synchronized (this) {
            failed = true;
            woken = List.copyOf(waiting);
            waiting.clear();
        }
        woken.forEach(Reader::wake);
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public BodyReader open(long from, long to) {
        readers.incrementAndGet();
        return new Reader((int) from, (int) to);
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }

    private final class Reader implements BodyReader {
        private final int to;
        private int position;
        private int max;
        private @Nullable CompletableFuture<Piece> asked;

        Reader(int from, int to) {
            this.position = from;
            this.to = to;
        }

        @Override
        public CompletableFuture<Piece> next(int most) {
            CompletableFuture<Piece> piece = new CompletableFuture<>();
            asked = piece;
            max = most;
            wake();
            return piece;
        }

        void wake() {
            CompletableFuture<Piece> piece = asked;
            synchronized (GrowingBody.this) {
                int length = Math.min(Math.min(max, to - position), there - position);
                if (!failed && length <= 0) {
                    waiting.add(this);
                    return;
                }
            }
            asked = null;
            if (failed) {
                piece.completeExceptionally(new IllegalStateException("wrong bytes"));
            } else {
                piece.complete(new Piece.Memory(take(Math.min(max, Math.min(to, there) - position))));
            }
        }

        private ByteBuf take(int length) {
            ByteBuf taken = ByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(bytes, position, length);
            position += length;
            return taken;
        }

        @Override
        public void close() {
            readers.decrementAndGet();
        }
    }
}
