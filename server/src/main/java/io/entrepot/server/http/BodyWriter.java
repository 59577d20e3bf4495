package io.entrepot.server.http;

import io.entrepot.server.content.BodyReader;
import io.entrepot.server.content.BodyReader.Piece;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.internal.OutOfDirectMemoryError;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what a reader gives, piece by piece, the next when the one before is out: sendfile where the bytes go out as
 * they are, copies where TLS must see them. Used on the connection's event loop only.
 *
 * <pre>
 *   asking ──piece──► writing ──written──► asking … ──nothing left──► ended (complete)
 *      └──failure───────┴──failure, client left─────────────────────► ended (cut short)
 * </pre>
 */
final class BodyWriter {

    private static final Logger LOG = LoggerFactory.getLogger(BodyWriter.class);

    /** Large enough to cost nothing, small enough that a fast reader does not hold the event loop. */
    private static final int REGION = 4 * 1024 * 1024;

    private static final int SMALLEST_COPY = 32 * 1024;
    private static final int LARGEST_COPY = 256 * 1024;
    private static final long QUICK_NANOS = 50_000_000;

    private final ChannelHandlerContext ctx;
    private final BodyReader reader;
    private final Deadlines deadlines;
    private final Unsent unsent;
    private final boolean copies;
    private final Ending ending;
    private final long length;
    private long sent;
    private @Nullable SharedFileRegion region;
    private int max;
    private boolean asking;
    private boolean ended;

    /** Told once how many bytes went out, and whether those were all. */
    interface Ending {
        void ended(long sent, boolean complete);
    }

    BodyWriter(
            ChannelHandlerContext ctx,
            Deadlines deadlines,
            Unsent unsent,
            BodyReader reader,
            long length,
            boolean copies,
            Ending ending) {
        this.ctx = ctx;
        this.deadlines = deadlines;
        this.unsent = unsent;
        this.reader = reader;
        this.length = length;
        this.copies = copies;
        this.ending = ending;
        this.max = copies ? SMALLEST_COPY : REGION;
    }

    /** Begins behind a head that was written and not flushed. */
    void start() {
        unsent.begin();
        ask();
    }

    /** The client left. */
    void abort() {
        end(false);
    }

    private void ask() {
        if (ended) {
            return;
        }
        if (sent == length) {
            end(true);
            return;
        }
        asking = true;
        try {
            reader.next((int) Math.min(max, length - sent)).whenComplete(this::came);
        } catch (RuntimeException e) {
            broken(e);
        }
        if (asking && !ended) {
            deadlines.enter(Deadlines.Phase.NONE);
            ctx.flush();
        }
    }

    private void came(@Nullable Piece piece, @Nullable Throwable failure) {
        if (ctx.executor().inEventLoop()) {
            took(piece, failure);
            return;
        }
        try {
            ctx.executor().execute(() -> took(piece, failure));
        } catch (RejectedExecutionException e) {
            // the event loops are gone, and the connection with them
            release(piece);
        }
    }

    private void took(@Nullable Piece piece, @Nullable Throwable failure) {
        asking = false;
        if (ended) {
            release(piece);
        } else if (piece == null || failure != null) {
            end(false);
        } else {
            try {
                write(piece);
            } catch (OutOfDirectMemoryError e) {
                // on its own it would be seen by nobody: this runs in a task, or in the completion of a future
                end(false);
                ctx.pipeline().fireExceptionCaught(e);
            }
        }
    }

    private void write(Piece piece) {
        long size = size(piece);
        if (size <= 0 || size > length - sent) {
            release(piece);
            broken(new IllegalStateException("a piece of " + size + " bytes where " + (length - sent) + " are left"));
            return;
        }
        try {
            Object message = message(piece);
            deadlines.writing(size, message);
            long began = System.nanoTime();
            ChannelFuture written = ctx.writeAndFlush(message);
            if (written.isDone()) {
                wrote(written, size, began, true);
            } else {
                written.addListener(done -> wrote(written, size, began, false));
            }
        } catch (IOException e) {
            end(false);
        }
    }

    private void wrote(ChannelFuture written, long size, long began, boolean atOnce) {
        if (!written.isSuccess()) {
            end(false);
            return;
        }
        sent += size;
        region = null;
        deadlines.wrote();
        unsent.wrote(size);
        if (copies) {
            boolean quick = System.nanoTime() - began < QUICK_NANOS;
            max = quick ? Math.min(max * 2, LARGEST_COPY) : SMALLEST_COPY;
        }
        if (atOnce && sent < length) {
            askAfterOthers();
        } else {
            ask();
        }
    }

    /** A reader as fast as we are would never let go of the loop: the other connections come first. */
    private void askAfterOthers() {
        if (ctx.channel().eventLoop() instanceof SingleThreadEventLoop loop) {
            loop.executeAfterEventLoopIteration(() -> loop.execute(this::ask));
        } else {
            ctx.executor().execute(this::ask);
        }
    }

    /** A defect of ours: what went out stays incomplete. */
    private void broken(RuntimeException defect) {
        LOG.atError().setCause(defect).log("body failed");
        end(false);
    }

    private void end(boolean complete) {
        if (!ended) {
            ended = true;
            reader.close();
            ending.ended(sent + (complete || region == null ? 0 : region.transferred()), complete);
        }
    }

    private Object message(Piece piece) throws IOException {
        if (piece instanceof Piece.Memory memory) {
            return memory.bytes();
        }
        Piece.Region region = (Piece.Region) piece;
        if (copies) {
            return copy(region);
        }
        SharedFileRegion whole = new SharedFileRegion(region.file(), region.position(), region.length());
        this.region = whole;
        return whole;
    }

    /** The region is in the page cache, so this is a copy, not a wait. */
    private ByteBuf copy(Piece.Region region) throws IOException {
        ByteBuf bytes = ctx.alloc().directBuffer(region.length(), region.length());
        try {
            while (bytes.isWritable()) {
                long position = region.position() + bytes.readableBytes();
                if (bytes.writeBytes(region.file(), position, bytes.writableBytes()) <= 0) {
                    throw new EOFException("the file ends at " + position);
                }
            }
            return bytes;
        } catch (IOException | RuntimeException e) {
            bytes.release();
            throw e;
        }
    }

    private static long size(Piece piece) {
        return piece instanceof Piece.Memory memory ? memory.bytes().readableBytes() : ((Piece.Region) piece).length();
    }

    private static void release(@Nullable Piece piece) {
        if (piece instanceof Piece.Memory memory) {
            memory.bytes().release();
        }
    }
}
