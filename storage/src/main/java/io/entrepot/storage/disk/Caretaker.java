package io.entrepot.storage.disk;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes on beside the store's work, each on a thread of its own: the sweep at start, the upkeep (batched stamps, the
 * index file, watermarks), the scrub.
 */
final class Caretaker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Caretaker.class);

    /** Stamps are written within 60 s: one round of upkeep may take as long as the wait for it. */
    private static final long SAVE_EVERY_SECONDS = 30;

    private static final int BLOBS_A_SECOND = 1_750;
    private static final long TRIM_EVERY_SECONDS = 5;
    private static final long SCRUB_EVERY_SECONDS = 600;
    private static final long LEAST_RATE = 1L << 20;

    private final DiskStore.Options options;
    private final InstantSource clock;
    private final DiskBlobs blobs;
    private final BlobIndex index;
    private final IndexFile indexFile;
    private final Journals journals;
    private final Sweep sweep;
    private final Scrub scrub;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    private final CompletableFuture<Void> swept = new CompletableFuture<>();
    private final List<Thread> threads = new ArrayList<>();

    Caretaker(Disk disk, DiskStore.Options options, DiskBlobs blobs, BlobIndex index, Journals journals) {
        this.options = options;
        this.clock = disk.clock();
        this.blobs = blobs;
        this.index = index;
        this.indexFile = new IndexFile(disk, index);
        this.journals = journals;
        this.sweep = new Sweep(disk, blobs, index, this::isStopped);
        this.scrub = new Scrub(disk.fs(), blobs, index, options.scrubEvery());
    }

    /** Reads the index file. */
    void load() {
        indexFile.load();
        loaded.complete(null);
    }

    /**
     * Reads the index file on a thread of its own, and does not wait for it. Whoever wants to know something of the index
     * does: its lock is held by that thread from before this returns until all is read.
     */
    void loadBeside() {
        CompletableFuture<Void> holding = new CompletableFuture<>();
        thread("entrepot-store-index", () -> {
            try {
                indexFile.load(() -> holding.complete(null));
                loaded.complete(null);
            } catch (RuntimeException | Error e) {
                loaded.completeExceptionally(e);
                throw e;
            }
        });
        holding.join();
    }

    /** Completes when the index file is read; exceptionally if that broke off, and then the file is never written again. */
    CompletableFuture<Void> loaded() {
        return loaded;
    }

    /** Starts the threads. */
    void start() {
        thread("entrepot-store-sweep", this::sweep);
        thread("entrepot-store-upkeep", this::upkeep);
        if (!options.scrubEvery().isZero()) {
            thread("entrepot-store-scrub", this::scrub);
        }
    }

    private void thread(String name, Runnable work) {
        Thread thread = StorePool.daemon(name, work);
        threads.add(thread);
        thread.start();
    }

    CompletableFuture<Void> swept() {
        return swept;
    }

    Scrub scrubber() {
        return scrub;
    }

    private void sweep() {
        attempt("sweep", this::sweepNow);
        swept.complete(null);
        attempt("save index", this::saveIndex);
        attempt("trim", this::trim);
    }

    void sweepNow() throws IOException {
        sweep.run();
        swept.complete(null);
    }

    private void upkeep() {
        long indexSaved = 0;
        for (long second = 0; !waited(TRIM_EVERY_SECONDS); second += TRIM_EVERY_SECONDS) {
            attempt("trim", this::trim);
            if (second % SAVE_EVERY_SECONDS == 0) {
                attempt("save journals", journals::flush);
            }
            if (second - indexSaved >= indexEverySeconds()) {
                attempt("save index", this::saveIndex);
                indexSaved = second;
            }
        }
    }

    /** The file is written as a whole, so that a large one is written less often: 100 KB a second, however many blobs. */
    private long indexEverySeconds() {
        return Math.max(SAVE_EVERY_SECONDS, index.count() / BLOBS_A_SECOND);
    }

    void trim() throws IOException {
        blobs.space().trim();
    }

    /** Writes everything that was batched. */
    void save() {
        attempt("save journals", journals::flush);
        attempt("save index", this::saveIndex);
    }

    private void saveIndex() throws IOException {
        if (!loaded.isCompletedExceptionally()) {
            indexFile.save();
        }
    }

    private void scrub() {
        do {
            attempt("scrub", this::scrubAllThatIsDue);
        } while (!waited(SCRUB_EVERY_SECONDS));
    }

    private void scrubAllThatIsDue() throws IOException {
        while (scrub.round(clock.instant(), pace(scrubRate()))) {
            LOG.atDebug().log("scrub goes on");
        }
    }

    /** Bytes a second: twice what the period needs, so that it is kept, and never more than was allowed. */
    long scrubRate() {
        long work = index.bytes() + (long) Scrub.OPENING * index.count();
        long needed = 2 * work / Math.max(1, options.scrubEvery().toSeconds());
        return Math.min(options.scrubRate(), Math.max(needed, LEAST_RATE));
    }

    private Scrub.Pace pace(long bytesPerSecond) {
        return bytes -> !waited(Duration.ofSeconds(1).multipliedBy(bytes).dividedBy(bytesPerSecond));
    }

    private void attempt(String what, Failures.Work work) {
        try {
            work.run();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("work", what).addKeyValue("cause", e).log("store upkeep failed, tried again");
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("work", what).setCause(e).log("store upkeep failed, tried again");
        }
    }

    private boolean waited(long seconds) {
        return waited(Duration.ofSeconds(seconds));
    }

    /** True if the store was closed meanwhile. */
    private boolean waited(Duration time) {
        try {
            return stop.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private boolean isStopped() {
        return stop.getCount() == 0;
    }

    @Override
    public void close() {
        stop.countDown();
        threads.forEach(Caretaker::join);
        save();
    }

    private static void join(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
