package io.entrepot.server.upstream;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A blob on its way: headers are here, the body is read at the reader's pace. Read it to the end or close it. */
public interface BlobReply extends AutoCloseable {

    /** The position of the first byte that comes: 0, or what was asked for if the upstream did honour the range. */
    long from();

    /** The size of the whole blob, if the upstream said it. */
    OptionalLong size();

    /** A strong validator (ETag) for If-Range, if there was one. */
    Optional<String> validator();

    /** The host that it comes from; empty where there is only one. */
    default String endpoint() {
        return "";
    }

    /** The next bytes; empty at the end. The receiver releases. Fails with an {@link UpstreamException}. */
    CompletableFuture<Optional<ByteBuf>> next();

    /** Stops the transfer. */
    @Override
    void close();
}
