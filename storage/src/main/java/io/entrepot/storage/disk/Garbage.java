package io.entrepot.storage.disk;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import io.entrepot.storage.BlobStore.Held;
import io.entrepot.storage.disk.StorageFs.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What nothing in a store needs any more, found and removed in pieces, while the store is in use.
 *
 * <p>A blob goes if no journal names it, nobody reads it, and it was not used for a while. The while is for a pull, which
 * brings content first and names it then. For the rest there is a mark in the index:
 *
 * <pre>
 * 1  all marks are taken off; from then on whoever names a blob marks it, after the record is true and before the caller
 *    hears of it, and a new blob comes with a mark
 * 2  what the journals in memory name is marked, then what those in files name
 * 3  a blob without a mark is forgotten, mark and removal being one step under the lock of the index, and its file deleted
 * </pre>
 *
 * <p>So a name that was given before 1 is found by 2, one that was given later has set its mark itself, and one that comes
 * after 3 finds a miss, as after an eviction. As long as a journal cannot be read whole, no blob is removed.
 */
public final class Garbage implements AutoCloseable {

    private static final int BLOBS = 1024;
    private static final int JOURNALS = 64;
    private static final long PATIENCE_MILLIS = 500;

    /**
     * What is garbage.
     *
     * @param unused for how long a blob that nothing names must not have been used
     * @param setAside after which time what was set aside goes
     * @param dryRun true to look only
     */
    public record Limits(Duration unused, Duration setAside, boolean dryRun) {}

    /** What kind of thing was found. */
    public enum Kind {
        BLOB,
        TEMPORARY,
        JOURNAL,
        SET_ASIDE
    }

    /** One thing that nothing needs; its name is a digest, or a path in the store. */
    public record Found(Kind kind, String name, long bytes) {}

    /** What a piece of the work found, and how far it is: {@code done} of what {@code step} says. */
    public record Piece(String step, long done, List<Found> found) {}

    /** What is done in one call; true when this step is at its end. */
    @FunctionalInterface
    private interface Step {
        boolean run(List<Found> found) throws IOException;
    }

    private record Named(String name, Step step) {}

    private final Disk disk;
    private final DiskBlobs blobs;
    private final BlobIndex index;
    private final Journals journals;
    private final Caretaker caretaker;
    private final Limits limits;
    private final Runnable ended;
    private final Instant usedSince;
    private final Deque<Named> steps = new ArrayDeque<>();
    private final Deque<Path> directories = new ArrayDeque<>();
    private long done;
    private int nextId;
    private boolean closed;

    Garbage(
            Disk disk,
            DiskBlobs blobs,
            BlobIndex index,
            Journals journals,
            Caretaker caretaker,
            Limits limits,
            Runnable ended) {
        this.disk = disk;
        this.blobs = blobs;
        this.index = index;
        this.journals = journals;
        this.caretaker = caretaker;
        this.limits = limits;
        this.ended = ended;
        this.usedSince = disk.clock().instant().minus(limits.unused());
        directories.add(disk.layout().repositories());
        steps.add(new Named("set-aside", this::setAside));
        steps.add(new Named("temporary", this::temporary));
        steps.add(new Named("index", this::swept));
        steps.add(new Named("naming", this::startNaming));
        steps.add(new Named("journals", this::journals));
        steps.add(new Named("blobs", this::blobs));
    }

    /** Does the next piece of the work; empty at the end. */
    public synchronized Optional<Piece> next() throws IOException {
        Named step = steps.peek();
        if (step == null) {
            return Optional.empty();
        }
        List<Found> found = new ArrayList<>();
        boolean atEnd = step.step().run(found);
        Piece piece = new Piece(step.name(), done, found);
        if (atEnd) {
            steps.remove();
            done = 0;
        }
        return Optional.of(piece);
    }

    private boolean setAside(List<Found> found) throws IOException {
        Instant before = disk.clock().instant().minus(limits.setAside());
        disk.setAside()
                .before(before, !limits.dryRun())
                .forEach((file, bytes) -> found.add(new Found(Kind.SET_ASIDE, name(file), bytes)));
        return true;
    }

    private String name(Path file) {
        return disk.layout().root().relativize(file).toString();
    }

    /** Where a blob was being written by somebody who is gone. The few files of other kinds are gone at the next start. */
    private boolean temporary(List<Found> found) throws IOException {
        for (Path file : disk.fs().list(disk.layout().temporary())) {
            Optional<Stat> stat = disk.fs().stat(file);
            if (stat.filter(Stat::isFile).isPresent() && isBlob(file) && !blobs.isWriting(file)) {
                found.add(new Found(Kind.TEMPORARY, name(file), stat.get().size()));
                delete(file);
            }
        }
        return true;
    }

    private static boolean isBlob(Path temporary) {
        return String.valueOf(temporary.getFileName()).matches("[0-9a-f]{12}-[0-9]+");
    }

    private void delete(Path file) throws IOException {
        if (!limits.dryRun()) {
            disk.fs().delete(file);
        }
    }

    /** The index must know all blobs first. */
    private boolean swept(List<Found> found) throws IOException {
        done = index.count();
        try {
            caretaker.swept().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException("the store was not looked through: " + e.getMessage(), e);
        }
    }

    private boolean startNaming(List<Found> found) {
        index.startNaming();
        journals.nameAll();
        return true;
    }

    private boolean journals(List<Found> found) throws IOException {
        for (int i = 0; i < JOURNALS && !directories.isEmpty(); i++) {
            for (Path child : disk.fs().list(directories.remove())) {
                if (disk.fs().stat(child).filter(Stat::isDirectory).isPresent()) {
                    directories.push(child);
                } else {
                    journal(child, found);
                }
            }
        }
        return directories.isEmpty();
    }

    private void journal(Path file, List<Found> found) throws IOException {
        Path directory = file.getParent();
        Optional<Repository> repository =
                directory == null ? Optional.empty() : disk.layout().repository(directory);
        if (repository.isEmpty() || !file.endsWith(Layout.JOURNAL)) {
            return;
        }
        done++;
        RepositoryState state = read(repository.get());
        state.named().forEach(index::named);
        if (state.records().isEmpty()) {
            empty(repository.get(), file, found);
        }
    }

    /** Past the journals in memory, so that those that are in use stay there. */
    private RepositoryState read(Repository repository) throws IOException {
        RepositoryState state = new RepositoryState();
        JournalReader reader = new JournalReader(new JournalFile(disk, repository).read());
        reader.applyTo(state);
        if (reader.damaged() > 0) {
            throw new IOException("the journal of " + repository + " has " + reader.damaged()
                    + " damaged lines, so that it is not known what it names: no blob was removed"
                    + " (expected: none; the mirror sets a copy aside and mends it when the repository is asked for)");
        }
        return state;
    }

    private void empty(Repository repository, Path file, List<Found> found) throws IOException {
        long bytes = disk.fs().stat(file).map(Stat::size).orElse(0L);
        if (limits.dryRun() || journals.with(repository, Journal::deleteIfEmpty)) {
            found.add(new Found(Kind.JOURNAL, name(file), bytes));
        }
    }

    private boolean blobs(List<Found> found) throws IOException {
        int end = Math.min(index.span(), nextId + BLOBS);
        for (; nextId < end; nextId++) {
            Optional<Held> blob = index.unnamed(nextId, usedSince);
            if (blob.isPresent() && goes(blob.get().digest())) {
                found.add(new Found(
                        Kind.BLOB, blob.get().digest().toString(), blob.get().size()));
            }
        }
        done = nextId;
        return nextId >= index.span();
    }

    private boolean goes(Digest digest) throws IOException {
        return limits.dryRun() ? !blobs.inUse(digest) : blobs.removeUnnamed(digest, usedSince);
    }

    /** Ends it, also before its end; another one may start then. */
    @Override
    public synchronized void close() {
        steps.clear();
        if (!closed) {
            closed = true;
            ended.run();
        }
    }
}
