package io.entrepot.server.content;

import java.util.concurrent.CompletableFuture;

/** A body whose bytes are still arriving or still being verified. */
final class Growing implements Body.Streamed {

    private final Shared source;
    private boolean closed;

    /** Takes over one holder of the source. */
    Growing(Shared source) {
        this.source = source;
    }

    @Override
    public long size() {
        return source.gate().size();
    }

    @Override
    public BodyReader open(long from, long to) {
        return source.open(from, to);
    }

    @Override
    public CompletableFuture<Boolean> kept() {
        return source.kept();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            source.release();
        }
    }

    /** Content behind a gate that several bodies share; the last one to leave closes it. */
    interface Shared {

        Gate gate();

        BodyReader open(long from, long to);

        /** As {@link Body.Streamed#kept}. */
        CompletableFuture<Boolean> kept();

        void release();
    }
}
