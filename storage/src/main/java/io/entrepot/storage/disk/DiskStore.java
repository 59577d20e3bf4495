package io.entrepot.storage.disk;

import io.entrepot.storage.BlobStore;
import io.entrepot.storage.Incidents;
import io.entrepot.storage.Links;
import io.entrepot.storage.TagStore;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A store in a directory, which one process may have open: blobs, tags, links, and the threads that look after them.
 *
 * <p>It opens whatever a crash or a stranger left there, except a directory that is not a store, that a newer version
 * wrote, that another process has open, or that cannot be written.
 */
public final class DiskStore implements AutoCloseable {

    /** They wait for disks more than they compute. */
    private static final int THREADS = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());

    /**
     * What a store may use.
     *
     * @param maxSize bytes of blobs, held and being written
     * @param minFree bytes that stay free on the file system
     * @param scrubEvery within which every blob is read once; zero: never
     * @param scrubRate bytes a second that the scrub may read at most
     */
    public record Options(long maxSize, long minFree, Duration scrubEvery, long scrubRate) {

        public Options {
            require("maxSize", maxSize, 1);
            require("minFree", minFree, 0);
            require("scrubEvery", scrubEvery.toSeconds(), 0);
            require("scrubRate", scrubRate, 1);
        }

        private static void require(String name, long value, long least) {
            if (value < least) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
            }
        }

        /** A limit, and nothing else. */
        public static Options of(long maxSize) {
            return new Options(maxSize, 0, Duration.ZERO, 1);
        }
    }

    private final Disk disk;
    private final BlobIndex index;
    private final RootLock lock;
    private final StorePool pool;
    private final DiskBlobs blobs;
    private final Journals journals;
    private final Caretaker caretaker;
    private final TagStore tags;
    private final Links links;
    private final AtomicBoolean collecting = new AtomicBoolean();

    /**
     * Opens a store, making it if the directory is empty or missing.
     *
     * @throws IOException that says what is in the way: not ours, of a newer format, in use, not writable
     */
    public static DiskStore open(Path root, Options options, Incidents incidents) throws IOException {
        DiskStore store = prepare(root, options, incidents);
        store.lookAfter();
        return store;
    }

    /**
     * Opens a store as {@link #open} does, for a start that has other things to do: it reads its index meanwhile, see
     * {@link #loaded}, and looks after itself only when it is told to.
     *
     * @throws IOException as {@link #open}
     */
    public static DiskStore prepare(Path root, Options options, Incidents incidents) throws IOException {
        return open(root, options, incidents, new NioFs(), InstantSource.system(), Caretaker::loadBeside);
    }

    /** Opens a store that does nothing by itself. */
    static DiskStore open(Path path, Options options, Incidents incidents, StorageFs fs, InstantSource clock)
            throws IOException {
        return open(path, options, incidents, fs, clock, Caretaker::load);
    }

    static DiskStore open(
            Path path,
            Options options,
            Incidents incidents,
            StorageFs fs,
            InstantSource clock,
            Consumer<Caretaker> load)
            throws IOException {
        Disk disk = Disk.of(fs, Root.make(fs, path), incidents, clock);
        Root.refuseForeign(disk);
        RootLock lock = lock(disk);
        try {
            Root.prepare(disk);
            return new DiskStore(disk, options, lock, load);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static RootLock lock(Disk disk) throws IOException {
        try {
            return RootLock.take(disk.fs(), disk.layout());
        } catch (FileSystemException e) {
            throw Root.notWritable(disk.layout(), e);
        }
    }

    private DiskStore(Disk disk, Options options, RootLock lock, Consumer<Caretaker> load) {
        BlobIndex index = new BlobIndex();
        this.lock = lock;
        this.pool = new StorePool(THREADS);
        this.blobs = new DiskBlobs(disk, index, options, pool);
        this.disk = disk;
        this.index = index;
        this.journals = new Journals(disk, index::manifest, index::named);
        this.tags = new DiskTags(journals);
        this.links = new DiskLinks(journals);
        this.caretaker = new Caretaker(disk, options, blobs, index, journals);
        load.accept(caretaker);
    }

    public BlobStore blobs() {
        return blobs;
    }

    public TagStore tags() {
        return tags;
    }

    public Links links() {
        return links;
    }

    /** The one pool for whatever blocks on this store; it refuses work when its queue is full. */
    public Executor executor() {
        return pool;
    }

    /** Starts the threads that look after the store: once. */
    public void lookAfter() {
        caretaker.start();
    }

    /** Completes when the index is read: what asks for a blob before then waits for it. */
    public CompletableFuture<Void> loaded() {
        return caretaker.loaded();
    }

    /** Completes when the index agrees with the directory: from then on usage and list are complete. */
    public CompletableFuture<Void> swept() {
        return caretaker.swept();
    }

    /**
     * Starts to look for what nothing needs any more; to be closed.
     *
     * @throws IllegalStateException if that goes on already
     */
    public Garbage garbage(Garbage.Limits limits) {
        if (!collecting.compareAndSet(false, true)) {
            throw new IllegalStateException("cache gc runs already (expected: one at a time)");
        }
        return new Garbage(disk, blobs, index, journals, caretaker, limits, () -> collecting.set(false));
    }

    /** What looks after the store, for a test to do it step by step. */
    Caretaker caretaker() {
        return caretaker;
    }

    /** Lets running work finish, writes what was batched, gives the directory back. Leases stay readable. */
    @Override
    public void close() {
        pool.close();
        caretaker.close();
        blobs.close();
        lock.close();
    }
}
