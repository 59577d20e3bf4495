package io.entrepot.server.upstream;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A blob on its way from one of several endpoints, of which somebody is told if it breaks. */
final class Watched implements BlobReply {

    private final BlobReply reply;
    private final String endpoint;
    private final Runnable broke;

    Watched(BlobReply reply, String endpoint, Runnable broke) {
        this.reply = reply;
        this.endpoint = endpoint;
        this.broke = broke;
    }

    @Override
    public long from() {
        return reply.from();
    }

    @Override
    public OptionalLong size() {
        return reply.size();
    }

    @Override
    public Optional<String> validator() {
        return reply.validator();
    }

    @Override
    public String endpoint() {
        return endpoint;
    }

    @Override
    public CompletableFuture<Optional<ByteBuf>> next() {
        return reply.next().whenComplete((bytes, failure) -> {
            if (failure != null) {
                broke.run();
            }
        });
    }

    @Override
    public void close() {
        reply.close();
    }
}
