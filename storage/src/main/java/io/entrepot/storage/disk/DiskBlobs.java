package io.entrepot.storage.disk;

import io.entrepot.oci.Digest;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.BlobWriter;
import io.entrepot.storage.Incident;
import io.entrepot.storage.Incidents;
import io.entrepot.storage.Lease;
import io.entrepot.storage.disk.BlobIndex.Entry;
import io.entrepot.storage.disk.OpenFiles.OpenFile;
import io.entrepot.storage.disk.StorageFs.Stat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Blobs as files.
 *
 * <p>The file is the truth, the index a memory of it: a file that the index does not know is found when it is asked for,
 * one that it knows wrongly is a miss. What is done to the file of a digest is done under that digest's lock; the order
 * of locks is {@link Space}, digest, {@link BlobIndex} or {@link OpenFiles}.
 */
final class DiskBlobs implements BlobStore {

    private static final int LOCKS = 256;
    private static final int IDLE_FILES = 256;

    private final Disk disk;
    private final StorageFs fs;
    private final Layout layout;
    private final Directories directories;
    private final SetAside setAside;
    private final Incidents incidents;
    private final InstantSource clock;
    private final BlobIndex index;
    private final OpenFiles open;
    private final Space space;
    private final Object[] locks =
            IntStream.range(0, LOCKS).mapToObj(i -> new Object()).toArray();
    private final Set<Path> writing = ConcurrentHashMap.newKeySet();
    private final AtomicLong evictions = new AtomicLong();

    DiskBlobs(Disk disk, BlobIndex index, DiskStore.Options options, Executor closer) {
        this.disk = disk;
        this.fs = disk.fs();
        this.layout = disk.layout();
        this.directories = disk.directories();
        this.setAside = disk.setAside();
        this.incidents = disk.incidents();
        this.clock = disk.clock();
        this.index = index;
        this.open = new OpenFiles(IDLE_FILES, closer);
        this.space = new Space(fs, layout.root(), options, index, this::evictOne);
    }

    private Object lock(Digest digest) {
        return locks[Math.floorMod(digest.hashCode(), LOCKS)];
    }

    @Override
    public Optional<Lease> open(Digest digest) throws IOException {
        Optional<Lease> lease = inspect(digest);
        lease.ifPresent(held -> index.used(digest, clock.instant()));
        return lease;
    }

    @Override
    public void used(Digest digest) {
        index.used(digest, clock.instant());
    }

    @Override
    public Optional<Lease> inspect(Digest digest) throws IOException {
        synchronized (lock(digest)) {
            Optional<Stat> stat = check(digest);
            return stat.isEmpty() ? Optional.empty() : lease(digest, stat.get());
        }
    }

    private Optional<Lease> lease(Digest digest, Stat stat) throws IOException {
        Optional<OpenFile> file = open.use(digest, stat.inode());
        if (file.isPresent()) {
            return Optional.of(new DiskLease(this, file.get(), stat));
        }
        try {
            OpenFile opened = new OpenFile(digest, fs.open(layout.blob(digest)), stat.inode());
            open.adopt(opened);
            return Optional.of(new DiskLease(this, opened, stat));
        } catch (NoSuchFileException e) {
            forget(digest);
            return Optional.empty();
        }
    }

    /** What the file system says of a blob's file; empty, and nothing known any more, if it cannot be the blob. */
    private Optional<Stat> check(Digest digest) throws IOException {
        Optional<Stat> stat = fs.stat(layout.blob(digest));
        if (stat.isEmpty()) {
            forget(digest);
            return stat;
        }
        Optional<String> damage = damage(digest, stat.get());
        if (damage.isPresent()) {
            setAside(digest, damage.get());
            return Optional.empty();
        }
        index.found(digest, stat.get().size(), clock.instant());
        return stat;
    }

    private Optional<String> damage(Digest digest, Stat stat) {
        if (!stat.isFile()) {
            return Optional.of("is " + stat.kind() + " (expected: FILE)");
        }
        return index.find(digest)
                .filter(known -> known.size() != stat.size())
                .map(known -> "size: " + stat.size() + " (expected: " + known.size() + ")");
    }

    private void forget(Digest digest) {
        index.remove(digest);
        open.forget(digest);
    }

    @Override
    public OptionalLong size(Digest digest) throws IOException {
        synchronized (lock(digest)) {
            Optional<Stat> stat = check(digest);
            return stat.isPresent() ? OptionalLong.of(stat.get().size()) : OptionalLong.empty();
        }
    }

    @Override
    public BlobWriter create(Digest digest, long size) throws IOException {
        space.reserve(digest, size, true);
        return begin(digest, size);
    }

    @Override
    public BlobWriter createWithoutEvicting(Digest digest, long size) throws IOException {
        space.reserve(digest, size, false);
        return begin(digest, size);
    }

    private BlobWriter begin(Digest digest, long size) throws IOException {
        Path file = disk.temporary(digest.hex().substring(0, 12));
        writing.add(file);
        try {
            directories.ensure(layout.temporary());
            return new DiskWriter(this, fs, digest, size, file);
        } catch (IOException e) {
            ended(file);
            space.release(size, size);
            throw disk.explained(e);
        }
    }

    Space space() {
        return space;
    }

    IOException explained(IOException failure) {
        return disk.explained(failure);
    }

    /**
     * Makes a forced and verified temporary file visible as a blob. Empty if the blob is held already and right: then
     * the temporary file is left where it is.
     */
    Optional<OpenFile> publish(Digest digest, long size, Path temporary, FileChannel channel) throws IOException {
        synchronized (lock(digest)) {
            if (isHeldAndRight(digest, size)) {
                return Optional.empty();
            }
            try {
                return Optional.of(move(digest, size, temporary, channel));
            } catch (IOException e) {
                directories.forget();
                throw disk.explained(e);
            }
        }
    }

    private boolean isHeldAndRight(Digest digest, long size) throws IOException {
        Optional<Stat> stat = fs.stat(layout.blob(digest));
        Optional<Entry> known = index.find(digest);
        return stat.isPresent()
                && known.isPresent()
                && known.get().size() == size
                && known.get().stamp() == stat.get().fingerprint();
    }

    private OpenFile move(Digest digest, long size, Path temporary, FileChannel channel) throws IOException {
        Path file = layout.blob(digest);
        Path directory = layout.directory(digest);
        directories.ensure(directory);
        Stat verified = stat(temporary);
        fs.move(temporary, file);
        Stat stat = stat(file);
        fs.forceDirectory(directory);
        long stamp = stat.isMoved(verified) ? stat.fingerprint() : Stat.UNKNOWN;
        long now = clock.instant().getEpochSecond();
        boolean manifest = index.find(digest).map(Entry::manifest).orElse(false);
        index.put(digest, new Entry(size, stamp, now, now, manifest));
        OpenFile opened = new OpenFile(digest, channel, stat.inode());
        open.adopt(opened);
        return opened;
    }

    private Stat stat(Path file) throws IOException {
        return fs.stat(file).orElseThrow(() -> new NoSuchFileException(file.toString()));
    }

    void release(OpenFile file) {
        open.release(file);
    }

    /** Compares what the file was when it was leased, a moment ago, with what it was when it was verified. */
    boolean isTrusted(DiskLease lease) {
        return index.find(lease.digest())
                .filter(known -> known.stamp() == lease.fingerprint())
                .isPresent();
    }

    private boolean isUnchanged(DiskLease lease) {
        try {
            Optional<Stat> now = fs.stat(layout.blob(lease.digest()));
            return now.isPresent() && now.get().fingerprint() == lease.fingerprint();
        } catch (IOException e) {
            return false;
        }
    }

    /** Bytes that changed while they were hashed prove nothing, so the file must still be what it was when leased. */
    @Override
    public void verified(Lease lease) {
        if (lease instanceof DiskLease mine && isUnchanged(mine)) {
            index.verified(mine.digest(), mine.fingerprint(), clock.instant());
        }
    }

    @Override
    public void setAside(Digest digest, String why) throws IOException {
        synchronized (lock(digest)) {
            forget(digest);
            Path file = layout.blob(digest);
            if (fs.stat(file).isPresent()) {
                setAside.move(file);
                incidents.report(new Incident.Damaged(digest, why));
            }
        }
    }

    @Override
    public boolean remove(Digest digest) throws IOException {
        synchronized (lock(digest)) {
            boolean held = fs.delete(layout.blob(digest));
            forget(digest);
            return held;
        }
    }

    /** Deletes a blob that nothing has named since {@link BlobIndex#startNaming}, nor used since a time, and nobody reads. */
    boolean removeUnnamed(Digest digest, Instant usedSince) throws IOException {
        synchronized (lock(digest)) {
            if (open.inUse(digest) || !index.removeUnnamed(digest, usedSince)) {
                return false;
            }
            open.forget(digest);
            return fs.delete(layout.blob(digest));
        }
    }

    boolean inUse(Digest digest) {
        return open.inUse(digest);
    }

    /** True if a blob is being written to this temporary file. */
    boolean isWriting(Path temporary) {
        return writing.contains(temporary);
    }

    /** Nothing is written to this temporary file any more. */
    void ended(Path temporary) {
        writing.remove(temporary);
    }

    private boolean evictOne() throws IOException {
        Optional<Digest> victim = index.victim(open::inUse);
        if (victim.isEmpty()) {
            return false;
        }
        evict(victim.get());
        return true;
    }

    private void evict(Digest digest) throws IOException {
        synchronized (lock(digest)) {
            if (open.inUse(digest)) {
                return;
            }
            fs.delete(layout.blob(digest));
            forget(digest);
            evictions.incrementAndGet();
        }
    }

    /** Goes on with what the sweep finds meanwhile. */
    @Override
    public Stream<Held> list() {
        return IntStream.iterate(0, id -> id < index.span(), id -> id + 1)
                .mapToObj(index::held)
                .flatMap(Optional::stream);
    }

    @Override
    public Usage usage() {
        return new Usage(index.count(), index.bytes(), space.reserved(), space.maxSize(), free(), evictions.get());
    }

    private long free() {
        try {
            return space.free();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Closes the files that nobody reads; {@link DiskStore#close} does the rest. */
    @Override
    public void close() {
        open.close();
    }
}
