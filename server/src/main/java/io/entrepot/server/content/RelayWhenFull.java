package io.entrepot.server.content;

import java.util.concurrent.CompletableFuture;

/** A reader of a fill that goes on as a relay of its own if the file cannot grow. One {@code next} at a time. */
final class RelayWhenFull implements BodyReader {

    private final long to;
    private final Continuation continuation;
    private long position;
    /** This, and what follows, is guarded by this. */
    private BodyReader current;

    private boolean relaying;
    private boolean closed;

    RelayWhenFull(BodyReader reader, long from, long to, Continuation continuation) {
        this.current = reader;
        this.position = from;
        this.to = to;
        this.continuation = continuation;
    }

    /** Makes the reader of what is left. */
    @FunctionalInterface
    interface Continuation {
        BodyReader from(long from, long to);
    }

    @Override
    public CompletableFuture<Piece> next(int max) {
        return current()
                .next(max)
                .thenApply(this::count)
                .exceptionallyCompose(failure -> Failures.cause(failure) instanceof Fill.Full && relay()
                        ? next(max)
                        : CompletableFuture.failedFuture(Failures.cause(failure)));
    }

    private synchronized BodyReader current() {
        return current;
    }

    /** Goes over to a relay; false if that was done already, or nobody reads any more. */
    private synchronized boolean relay() {
        if (relaying || closed) {
            return false;
        }
        relaying = true;
        current.close();
        current = continuation.from(position, to);
        if (closed) {
            current.close();
        }
        return true;
    }

    private Piece count(Piece piece) {
        position += piece instanceof Piece.Region region
                ? region.length()
                : ((Piece.Memory) piece).bytes().readableBytes();
        return piece;
    }

    @Override
    public synchronized void close() {
        closed = true;
        current.close();
    }
}
