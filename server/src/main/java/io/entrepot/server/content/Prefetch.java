package io.entrepot.server.content;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * A reader of a file whose pieces are brought into the page cache before they are given out, window by window: a window
 * grows while its pages turn out to be there already, and is good for a short time only, since pages may go again before a
 * slow client has taken them. One {@code next} at a time.
 */
final class Prefetch implements BodyReader {

    private static final int MIB = 1024 * 1024;
    /** Small, because the first byte waits for it. */
    private static final int FIRST_WINDOW = MIB;

    private static final int LARGEST_COLD_WINDOW = 8 * MIB;
    private static final int LARGEST_HOT_WINDOW = 64 * MIB;
    private static final long GOOD_FOR_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final BodyReader reader;
    private final long to;
    private final LongPredicate mayBeCold;
    private final Store store;

    private int window = FIRST_WINDOW;
    private long preparedFrom;
    private long preparedTo;
    private long preparedAt;

    /**
     * @param to where the reader's range ends
     * @param mayBeCold whether what stands at a position of the file may have left memory
     */
    Prefetch(BodyReader reader, long to, LongPredicate mayBeCold, Store store) {
        this.reader = reader;
        this.to = to;
        this.mayBeCold = mayBeCold;
        this.store = store;
    }

    @Override
    public CompletableFuture<Piece> next(int max) {
        return reader.next(max)
                .thenCompose(piece -> piece instanceof Piece.Region region && !isPrepared(region)
                        ? prepare(region)
                        : CompletableFuture.completedFuture(piece));
    }

    private boolean isPrepared(Piece.Region region) {
        return !mayBeCold.test(region.position())
                || region.position() >= preparedFrom
                        && region.position() + region.length() <= preparedTo
                        && System.nanoTime() - preparedAt < GOOD_FOR_NANOS;
    }

    private CompletableFuture<Piece> prepare(Piece.Region region) {
        long from = region.position();
        int length = (int) Math.max(region.length(), Math.min(window, to - from));
        return store.call(() -> PageCache.prepare(region.file(), from, length)).handle((wasThere, failure) -> {
            // a store that is too busy to warm a cache is no reason to cut an answer short
            if (failure == null) {
                prepared(from, length, wasThere);
            }
            return region;
        });
    }

    private void prepared(long from, int length, boolean wasThere) {
        preparedFrom = from;
        preparedTo = from + length;
        preparedAt = System.nanoTime();
        window = Math.min(2 * window, wasThere ? LARGEST_HOT_WINDOW : LARGEST_COLD_WINDOW);
    }

    @Override
    public void close() {
        reader.close();
    }
}
