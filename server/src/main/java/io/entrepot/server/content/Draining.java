package io.entrepot.server.content;

import io.entrepot.server.content.BodyReader.Piece;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads a body to its end, for nobody. */
public final class Draining {

    private static final int PIECE = 4 * 1024 * 1024;

    private final BodyReader reader;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private long left;

    private Draining(BodyReader reader, long size) {
        this.reader = reader;
        this.left = size;
    }

    /** Completes when the last byte was given out; fails if the body is cut short. */
    public static CompletableFuture<Void> of(Body body) {
        if (!(body instanceof Body.Streamed streamed) || body.size() == 0) {
            return CompletableFuture.completedFuture(null);
        }
        BodyReader reader = streamed.open(0, body.size());
        Draining draining = new Draining(reader, body.size());
        draining.goOn();
        return draining.done.whenComplete((all, failure) -> reader.close());
    }

    private void goOn() {
        boolean more = true;
        while (more) {
            CompletableFuture<Piece> next = reader.next((int) Math.min(PIECE, left));
            if (!next.isDone()) {
                next.whenComplete((piece, failure) -> {
                    if (took(piece, failure)) {
                        goOn();
                    }
                });
                return;
            }
            more = next.handle(this::took).join();
        }
    }

    private boolean took(@Nullable Piece piece, @Nullable Throwable failure) {
        if (piece == null || failure != null) {
            done.completeExceptionally(failure == null ? new IllegalStateException("no piece") : failure);
            return false;
        }
        left -= size(piece);
        if (left == 0) {
            done.complete(null);
        }
        return left > 0;
    }

    private static long size(Piece piece) {
        if (piece instanceof Piece.Memory memory) {
            int size = memory.bytes().readableBytes();
            memory.bytes().release();
            return size;
        }
        return ((Piece.Region) piece).length();
    }
}
