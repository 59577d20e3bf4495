package io.entrepot.server.upstream;

import io.entrepot.server.upstream.UpstreamException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A blob so small that nobody is given any of it before its digest agrees (a configuration, mostly): it is read to its end
 * before it is handed on, so that another endpoint can be asked if it is wrong.
 */
final class SmallBlob implements BlobReply {

    /** As much as the end of each response that waits for the digest. */
    private static final int LARGEST = 64 * 1024;

    private final byte[] bytes;
    private final String endpoint;
    private final AtomicBoolean given = new AtomicBoolean();

    /** @param endpoint that it came from */
    SmallBlob(byte[] bytes, String endpoint) {
        this.bytes = bytes;
        this.endpoint = endpoint;
    }

    /** Whether a reply is a whole one of such a blob. */
    static boolean is(BlobReply reply) {
        return reply.from() == 0 && reply.size().isPresent() && reply.size().getAsLong() <= LARGEST;
    }

    /** All of it; fails as the reply does, or if it takes longer than {@code patience}. Takes the reply over. */
    static CompletableFuture<byte[]> read(BlobReply reply, Duration patience) {
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        CompletableFuture<byte[]> inTime = whole.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure ->
                        CompletableFuture.failedFuture(failure instanceof TimeoutException ? late(patience) : failure));
        read(reply, new ByteArrayOutputStream(), whole);
        return inTime.whenComplete((bytes, failure) -> reply.close());
    }

    private static UpstreamException late(Duration patience) {
        return new UpstreamException(Kind.TIMEOUT, "a small blob did not come within " + patience.toMillis() + " ms");
    }

    private static void read(BlobReply reply, ByteArrayOutputStream sofar, CompletableFuture<byte[]> whole) {
        reply.next().whenComplete((bytes, failure) -> {
            if (failure != null) {
                whole.completeExceptionally(Failures.cause(failure));
            } else if (bytes.isEmpty() || sofar.size() > LARGEST) {
                bytes.ifPresent(ByteBuf::release);
                whole.complete(sofar.toByteArray());
            } else {
                keep(bytes.get(), sofar);
                read(reply, sofar, whole);
            }
        });
    }

    private static void keep(ByteBuf bytes, ByteArrayOutputStream sofar) {
        byte[] copy = new byte[bytes.readableBytes()];
        bytes.readBytes(copy).release();
        sofar.writeBytes(copy);
    }

    @Override
    public long from() {
        return 0;
    }

    @Override
    public OptionalLong size() {
        return OptionalLong.of(bytes.length);
    }

    @Override
    public Optional<String> validator() {
        return Optional.empty();
    }

    @Override
    public String endpoint() {
        return endpoint;
    }

    @Override
    public CompletableFuture<Optional<ByteBuf>> next() {
        return CompletableFuture.completedFuture(
                bytes.length == 0 || given.getAndSet(true)
                        ? Optional.empty()
                        : Optional.of(Unpooled.wrappedBuffer(bytes)));
    }

    @Override
    public void close() {}
}
