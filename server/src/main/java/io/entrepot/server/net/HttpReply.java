package io.entrepot.server.net;

import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An answer whose headers are here and whose body is read at the reader's pace: nothing is read from the socket until
 * {@link #next} asks for it. It must be read to the end or closed.
 */
public interface HttpReply extends AutoCloseable {

    int status();

    /** The first value of a header, any case. */
    Optional<String> header(String name);

    /** Every value of a header, in order. */
    List<String> headers(String name);

    /** The address that answered, after redirects. */
    URI uri();

    /**
     * The next part of the body, at most 256 KiB; empty at its end. The receiver releases the buffer. One call at a time.
     * Fails with a {@link NetException} if the body ends short of its Content-Length or no byte comes in time.
     */
    CompletableFuture<Optional<ByteBuf>> next();

    /** The rest of the body at once; fails with {@link NetException.Kind#TOO_LARGE} beyond {@code limit} bytes. */
    CompletableFuture<byte[]> body(int limit);

    /** Drops what is left of the body; the connection is closed unless the body was read to its end. */
    @Override
    void close();
}
