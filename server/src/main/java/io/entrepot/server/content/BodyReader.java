package io.entrepot.server.content;

import io.netty.buffer.ByteBuf;
import java.nio.channels.FileChannel;
import java.util.concurrent.CompletableFuture;

/** One reader of a body, at its own pace. */
public interface BodyReader extends AutoCloseable {

    /**
     * The next piece, of at most {@code max} bytes, as soon as any is there and may be given out. Ask again when the
     * piece was written. Fails if the body went wrong: the reader is then cut short and must not be given an end.
     * Completes on any thread, often at once.
     */
    CompletableFuture<Piece> next(int max);

    /** Leaves; also after the last piece. */
    @Override
    void close();

    /** Bytes to write. */
    sealed interface Piece {

        /** A region of an open file that is in the page cache, as far as we can tell; valid until the reader is closed. */
        record Region(FileChannel file, long position, int length) implements Piece {}

        /** Bytes in memory; the receiver releases them. */
        record Memory(ByteBuf bytes) implements Piece {}
    }
}
