package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads an answer to its end, into an array of bounded size. */
final class WholeBody {

    private final HttpReply reply;
    private final int limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();

    WholeBody(HttpReply reply, int limit) {
        this.reply = reply;
        this.limit = limit;
    }

    CompletableFuture<byte[]> read() {
        reply.next().whenComplete(this::came);
        return whole;
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
            read();
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
