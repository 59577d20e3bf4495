package io.entrepot.server.content;

import java.util.concurrent.CompletableFuture;

/** A reader of a fill that goes on as a relay of its own if the file cannot grow. One {@code next} at a time. */
final class RelayWhenFull implements BodyReader {

    private final long to;
    private final Continuation continuation;
    private volatile BodyReader current;
    private long position;
    private boolean relaying;

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
        return current.next(max)
                .<CompletableFuture<Piece>>handle((piece, failure) -> {
                    if (failure != null && Failures.cause(failure) instanceof Fill.Full && !relaying) {
                        return relay(max);
                    }
                    return failure != null
                            ? CompletableFuture.failedFuture(Failures.cause(failure))
                            : CompletableFuture.completedFuture(count(piece));
                })
                .thenCompose(piece -> piece);
    }

    private CompletableFuture<Piece> relay(int max) {
        relaying = true;
        current.close();
        current = continuation.from(position, to);
        return next(max);
    }

    private Piece count(Piece piece) {
        position += piece instanceof Piece.Region region
                ? region.length()
                : ((Piece.Memory) piece).bytes().readableBytes();
        return piece;
    }

    @Override
    public void close() {
        current.close();
    }
}
