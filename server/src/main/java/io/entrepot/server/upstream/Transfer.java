package io.entrepot.server.upstream;

import io.entrepot.server.net.HttpReply;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A blob, or a part of it, on its way over one HTTP answer. */
final class Transfer implements BlobReply {

    private static final int LONGEST_VALIDATOR = 256;

    private final HttpReply reply;
    private final long from;
    private final OptionalLong size;
    private final Failures failures;

    Transfer(HttpReply reply, long from, OptionalLong size, Failures failures) {
        this.reply = reply;
        this.from = from;
        this.size = size;
        this.failures = failures;
    }

    /** A 206 whose Content-Range was found right. */
    static Transfer part(HttpReply reply, Failures failures) {
        ContentRange range = Heads.range(reply).orElseThrow();
        return new Transfer(reply, range.first(), OptionalLong.of(range.size()), failures);
    }

    @Override
    public long from() {
        return from;
    }

    @Override
    public OptionalLong size() {
        return size;
    }

    /** Only a strong one: a weak one must not be sent as If-Range (RFC 9110, 13.1.5). */
    @Override
    public Optional<String> validator() {
        return reply.header("ETag")
                .filter(tag -> tag.length() >= 2 && tag.length() <= LONGEST_VALIDATOR)
                .filter(tag -> tag.startsWith("\"") && tag.endsWith("\""));
    }

    @Override
    public CompletableFuture<Optional<ByteBuf>> next() {
        return reply.next().exceptionallyCompose(failure -> CompletableFuture.failedFuture(failures.of(failure)));
    }

    @Override
    public void close() {
        reply.close();
    }
}
