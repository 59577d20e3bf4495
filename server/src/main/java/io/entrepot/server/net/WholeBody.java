package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads an answer to its end, into an array of bounded size, in a bounded time. */
final class WholeBody {

    private final HttpReply reply;
    private final int limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();

    WholeBody(HttpReply reply, int limit) {
        this.reply = reply;
        this.limit = limit;
    }

    /** @param patience so long it may take, whatever came meanwhile */
    CompletableFuture<byte[]> read(EventLoop loop, Duration patience) {
        next();
        if (!whole.isDone()) {
            watch(loop, patience);
        }
        return whole;
    }

    private void watch(EventLoop loop, Duration patience) {
        try {
            Future<?> deadline = loop.schedule(() -> late(patience), patience.toNanos(), TimeUnit.NANOSECONDS);
            whole.whenComplete((bytes, failure) -> deadline.cancel(false));
        } catch (RejectedExecutionException e) {
            // the loop has ended, and with it the connection: that is its failure
        }
    }

    private void late(Duration patience) {
        boolean late = whole.completeExceptionally(new NetException(
                Kind.TIMEOUT,
                reply.uri().getHost() + ": the answer was not whole within " + patience.toMillis() + " ms"));
        if (late) {
            reply.close();
        }
    }

    private void next() {
        reply.next().whenComplete(this::came);
    }

    private void came(@Nullable Optional<ByteBuf> piece, @Nullable Throwable failure) {
        if (piece == null) {
            end(failure == null ? new IllegalStateException("neither bytes nor a failure") : failure);
        } else if (piece.isEmpty()) {
            whole.complete(bytes.toByteArray());
        } else if (!keep(piece.get())) {
            end(new NetException(
                    Kind.TOO_LARGE, reply.uri().getHost() + ": the answer is larger than " + limit + " bytes"));
        } else if (whole.isDone()) {
            reply.close();
        } else {
            next();
        }
    }

    private void end(Throwable failure) {
        reply.close();
        whole.completeExceptionally(failure);
    }

    private boolean keep(ByteBuf piece) {
        try {
            if (piece.readableBytes() > limit - bytes.size()) {
                return false;
            }
            byte[] copy = new byte[piece.readableBytes()];
            piece.readBytes(copy);
            bytes.writeBytes(copy);
            return true;
        } finally {
            piece.release();
        }
    }
}
