package io.entrepot.server.content;

import io.entrepot.oci.RegistryException;
import io.entrepot.server.content.BlobStream.Chunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings what a stream delivers into a file: while one write is under way, what comes next is gathered, up to a bound.
 *
 * <p>The first bytes are written at once, since somebody waits for them. Later ones are gathered until a write can end at
 * a large power of two, or for a moment: the page cache then holds the file in large pieces, of which sending it takes
 * less time.
 *
 * <pre>
 *   reading ──chunk──► gathered ──enough, or a moment passed──► written ──► advanced … ──all there──► done
 *      └──the stream failed──► what was gathered is written ──► done (failed)
 * </pre>
 */
final class Intake {

    /** Where a write ends, if it can. */
    static final int ALIGNED = 1024 * 1024;

    private static final int MOST_BYTES = ALIGNED + 256 * 1024;
    private static final int MOST_CHUNKS = 256;
    private static final Executor IN_A_MOMENT =
            CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS, Runnable::run);

    private final BlobStream stream;
    private final FillFile file;
    private final Store store;
    private final Runnable advanced;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /** This, and what follows, is guarded by this. */
    private List<Chunk> gathered = new ArrayList<>();

    private int gatheredBytes;
    private long end;
    private boolean reading;
    private boolean writing;
    private boolean begun;
    private boolean waitsAMoment;
    private boolean waitedAMoment;
    private boolean over;
    private @Nullable Throwable failure;

    /** @param advanced told after each write that there is more to read */
    Intake(BlobStream stream, FillFile file, Store store, Runnable advanced) {
        this.stream = stream;
        this.file = file;
        this.store = store;
        this.advanced = advanced;
    }

    /** Completes when every byte is there; fails as the stream or the file does. */
    CompletableFuture<Void> start() {
        if (file.size() == 0) {
            done.complete(null);
        } else {
            goOn();
        }
        return done;
    }

    /** Does what can be done now. A loop, because a stream may have many small chunks ready. */
    private void goOn() {
        do {
            write();
        } while (read());
        waitAMoment();
        endIfNothingIsLeft();
    }

    /** Writes what was gathered, if it is time. */
    private void write() {
        List<Chunk> batch;
        synchronized (this) {
            if (over || writing || !isDue()) {
                return;
            }
            batch = takeGathered();
            writing = true;
        }
        store.call(() -> file.append(batch)).whenComplete((complete, why) -> {
            release(batch);
            wrote(why == null && complete, why);
        });
    }

    /** Asks for the next chunk, if there is room for it; true if it was there already. */
    private boolean read() {
        synchronized (this) {
            if (over || reading || failure != null || end >= file.size() || isFull()) {
                return false;
            }
            reading = true;
        }
        CompletableFuture<Optional<Chunk>> next = stream.next();
        boolean there = next.isDone();
        next.whenComplete((chunk, why) -> {
            came(chunk, why);
            if (!there) {
                goOn();
            }
        });
        return there;
    }

    private synchronized void waitAMoment() {
        if (!over && !writing && !waitsAMoment && gatheredBytes > 0) {
            waitsAMoment = true;
            IN_A_MOMENT.execute(this::momentPassed);
        }
    }

    private void endIfNothingIsLeft() {
        Throwable why;
        synchronized (this) {
            why = failure;
            if (why == null || over || writing || gatheredBytes > 0) {
                return;
            }
            over = true;
        }
        done.completeExceptionally(why);
    }

    private boolean isFull() {
        return gatheredBytes >= MOST_BYTES || gathered.size() >= MOST_CHUNKS;
    }

    private boolean isDue() {
        boolean reachesAMultiple = (end - gatheredBytes) / ALIGNED < end / ALIGNED;
        return gatheredBytes > 0 && (reachesAMultiple || mayEndAnywhere());
    }

    private boolean mayEndAnywhere() {
        return !begun || waitedAMoment || failure != null || end >= file.size() || gathered.size() >= MOST_CHUNKS;
    }

    /** All that was gathered, or what of it ends at a multiple of the alignment. */
    private List<Chunk> takeGathered() {
        boolean whole = mayEndAnywhere();
        List<Chunk> taken = takeAll();
        Chunk last = taken.get(taken.size() - 1);
        int surplus = (int) (end % ALIGNED);
        int kept = last.bytes().readableBytes() - surplus;
        if (!whole && surplus > 0 && kept > 0) {
            taken.set(taken.size() - 1, new Chunk(last.position(), last.bytes().readRetainedSlice(kept)));
            gather(new Chunk(last.position() + kept, last.bytes()));
        }
        begun = true;
        return taken;
    }

    private synchronized void came(@Nullable Optional<Chunk> chunk, @Nullable Throwable why) {
        reading = false;
        if (why != null) {
            failure = Failures.cause(why);
        } else if (chunk == null || chunk.isEmpty()) {
            failure = new RegistryException.BadUpstream(file.digest() + " ended short at the upstream");
        } else if (over || !chunk.get().bytes().isReadable()) {
            chunk.get().bytes().release();
        } else {
            gather(chunk.get());
        }
    }

    private void gather(Chunk chunk) {
        int length = chunk.bytes().readableBytes();
        gathered.add(chunk);
        gatheredBytes += length;
        end = chunk.position() + length;
    }

    private void momentPassed() {
        synchronized (this) {
            waitsAMoment = false;
            waitedAMoment = gatheredBytes > 0;
        }
        goOn();
    }

    private void wrote(boolean complete, @Nullable Throwable why) {
        synchronized (this) {
            writing = false;
            over |= complete || why != null;
            if (over) {
                release(takeAll());
            }
        }
        if (why != null) {
            done.completeExceptionally(Failures.cause(why));
        } else if (complete) {
            done.complete(null);
        } else {
            advanced.run();
            goOn();
        }
    }

    private List<Chunk> takeAll() {
        List<Chunk> all = gathered;
        gathered = new ArrayList<>();
        gatheredBytes = 0;
        waitedAMoment = false;
        return all;
    }

    private static void release(List<Chunk> chunks) {
        chunks.forEach(chunk -> chunk.bytes().release());
    }
}
