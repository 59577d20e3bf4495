package io.entrepot.server.content;

import io.entrepot.server.content.BodyReader.Piece;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Lets any number of readers of one file go as far as they may while its bytes arrive and its digest is not verified.
 *
 * <pre>
 *   OPEN  ── verified() ──▶ VERIFIED   readers go to their end
 *     │
 *     └───── failed() ────▶ FAILED     readers get what was there (their own tail never), then the failure
 * </pre>
 *
 * <p>In OPEN every reader is held back {@link #WITHHELD} bytes before its own end, so that a body that turns out wrong is
 * short of its Content-Length for everybody.
 */
final class Gate {

    /** Bytes at the end of each response that wait for the digest. */
    static final int WITHHELD = 64 * 1024;

    private final long size;
    private final FileChannel file;
    private final LongUnaryOperator available;
    private final List<Reader> waiting = new ArrayList<>();
    private boolean verified;
    private @Nullable RuntimeException failure;

    /**
     * @param available for a position, how many bytes are there from it on without a gap
     */
    Gate(long size, FileChannel file, LongUnaryOperator available) {
        this.size = size;
        this.file = file;
        this.available = available;
    }

    long size() {
        return size;
    }

    FileChannel file() {
        return file;
    }

    /** Readers that wait for bytes, or for the digest. */
    synchronized int waiting() {
        return waiting.size();
    }

    /** A reader of {@code from} to {@code to}; {@code gated}: its tail waits for the digest. */
    BodyReader reader(long from, long to, boolean gated) {
        return new Reader(from, to, gated);
    }

    /** More bytes are there. */
    void advanced() {
        wake();
    }

    /** Every byte is there and the digest agrees. */
    void verified() {
        synchronized (this) {
            verified = true;
        }
        wake();
    }

    /** There will be no more, or what there is is wrong. */
    void failed(RuntimeException why) {
        synchronized (this) {
            failure = why;
        }
        wake();
    }

    private void wake() {
        List<Reader> woken;
        synchronized (this) {
            if (waiting.isEmpty()) {
                return;
            }
            woken = new ArrayList<>(waiting);
            waiting.clear();
        }
        woken.forEach(Reader::tryAgain);
    }

    /** One reader; its state is guarded by the gate's lock, its promises are completed outside of it. */
    private final class Reader implements BodyReader {

        private final long to;
        private final boolean gated;
        private long position;
        private int max;
        private @Nullable CompletableFuture<Piece> asked;

        Reader(long from, long to, boolean gated) {
            this.position = from;
            this.to = to;
            this.gated = gated;
        }

        @Override
        public CompletableFuture<Piece> next(int most) {
            CompletableFuture<Piece> promise = new CompletableFuture<>();
            synchronized (Gate.this) {
                asked = promise;
                max = most;
            }
            tryAgain();
            return promise;
        }

        private void tryAgain() {
            CompletableFuture<Piece> promise;
            Piece piece = null;
            RuntimeException why;
            synchronized (Gate.this) {
                promise = asked;
                if (promise == null) {
                    return;
                }
                int length = (int) Math.min(max, limit() - position);
                why = failure;
                if (length > 0) {
                    piece = new Piece.Region(file, position, length);
                    position += length;
                } else if (why == null) {
                    waiting.add(this);
                    return;
                }
                asked = null;
            }
            if (piece != null) {
                promise.complete(piece);
            } else if (why != null) {
                promise.completeExceptionally(why);
            }
        }

        /** How far this reader may go now. A gated one stops short of its end until the digest is verified. */
        private long limit() {
            long there = position + available.applyAsLong(position);
            long allowed = verified || !gated ? to : Math.max(position, to - WITHHELD);
            return Math.min(there, allowed);
        }

        @Override
        public void close() {
            CompletableFuture<Piece> promise;
            synchronized (Gate.this) {
                promise = asked;
                asked = null;
                waiting.remove(this);
            }
            if (promise != null) {
                promise.cancel(false);
            }
        }
    }
}
