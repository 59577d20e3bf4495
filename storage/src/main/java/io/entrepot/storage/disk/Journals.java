package io.entrepot.storage.disk;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import io.entrepot.storage.disk.StorageFs.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The journals in memory, within a bound: one of each repository, those used the longest ago go first.
 *
 * <p>One that is in use or holds what is not written stays. If it cannot be written and there is no more room, its
 * stamps are given up, and the repository is remembered as doubtful.
 */
final class Journals {

    static final long MEMORY = 64L << 20;

    /** What is done with a journal that is in memory. */
    @FunctionalInterface
    interface Work<T> {
        T on(Journal journal) throws IOException;
    }

    /** A journal and how many use it; guarded by the lock of {@link Journals}. */
    private static final class Slot {
        final Journal journal;
        int users;
        long weight;

        Slot(Journal journal) {
            this.journal = journal;
        }
    }

    private final Disk disk;
    private final Consumer<Digest> manifests;
    private final Consumer<Digest> named;
    private final long memory;
    private final Map<Repository, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<Repository> doubtful = new HashSet<>();
    private long weight;

    /**
     * {@code manifests} is told of every manifest that is linked, and of those of a repository when its journal is read:
     * so it is known of a blob that it is a manifest, also after the index was lost. {@code named} is told of all that a
     * record names once it is true.
     */
    Journals(Disk disk, Consumer<Digest> manifests, Consumer<Digest> named) {
        this(disk, manifests, named, MEMORY);
    }

    Journals(Disk disk, Consumer<Digest> manifests, Consumer<Digest> named, long memory) {
        this.disk = disk;
        this.manifests = manifests;
        this.named = named;
        this.memory = memory;
    }

    /** Does something with the journal of a repository. */
    <T> T with(Repository repository, Work<T> work) throws IOException {
        Slot slot = take(repository);
        try {
            load(slot.journal);
            return work.on(slot.journal);
        } catch (IOException e) {
            throw disk.explained(e);
        } finally {
            giveBack(slot);
            shrink();
        }
    }

    private void load(Journal journal) throws IOException {
        if (journal.load()) {
            journal.read(RepositoryState::manifests).forEach(manifest -> manifests.accept(manifest.digest()));
        }
    }

    /**
     * Makes a record true, durable on return if it is news. What it names is known by then to be needed, also if it could
     * not be written: in memory it is true.
     */
    <T> T write(Repository repository, JournalRecord record, Function<RepositoryState, T> query) throws IOException {
        try {
            return with(repository, journal -> journal.write(record, query));
        } finally {
            record.named().forEach(named);
        }
    }

    /** Tells of all that the journals in memory name, which need not be in their files. */
    void nameAll() {
        for (Slot slot : all()) {
            slot.journal.read(RepositoryState::named).forEach(named);
            giveBack(slot);
        }
    }

    /** Every repository that has a journal on the disk. */
    List<Repository> repositories() throws IOException {
        List<Repository> found = new ArrayList<>();
        Deque<Path> ahead = new ArrayDeque<>(List.of(disk.layout().repositories()));
        while (!ahead.isEmpty()) {
            Path directory = ahead.remove();
            for (Path child : disk.fs().list(directory)) {
                if (disk.fs().stat(child).filter(Stat::isDirectory).isPresent()) {
                    ahead.add(child);
                } else if (child.endsWith(Layout.JOURNAL)) {
                    disk.layout().repository(directory).ifPresent(found::add);
                }
            }
        }
        return found;
    }

    /** About how many bytes of memory all of them take. */
    synchronized long weight() {
        return weight;
    }

    /** Somebody linked a manifest. */
    void manifest(Digest digest) {
        manifests.accept(digest);
    }

    private synchronized Slot take(Repository repository) {
        Slot slot = slots.computeIfAbsent(repository, name -> new Slot(new Journal(disk, name, doubtful.remove(name))));
        slot.users++;
        return slot;
    }

    private synchronized void giveBack(Slot slot) {
        slot.users--;
        weight += slot.journal.weight() - slot.weight;
        slot.weight = slot.journal.weight();
    }

    private void shrink() {
        for (Optional<Slot> victim = victim(); victim.isPresent(); victim = victim()) {
            boolean written = isWritten(victim.get().journal);
            drop(victim.get(), written);
        }
    }

    /** Counted as in use, so that nobody else drops it. */
    private synchronized Optional<Slot> victim() {
        if (weight <= memory) {
            return Optional.empty();
        }
        Optional<Slot> victim =
                slots.values().stream().filter(slot -> slot.users == 0).findFirst();
        victim.ifPresent(slot -> slot.users++);
        return victim;
    }

    private static boolean isWritten(Journal journal) {
        try {
            journal.flush();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized void drop(Slot slot, boolean written) {
        slot.users--;
        if (slot.users > 0 || (written && slot.journal.isDirty())) {
            return;
        }
        slots.remove(slot.journal.repository);
        weight -= slot.weight;
        if (!written) {
            doubtful.add(slot.journal.repository);
        }
    }

    /** Writes what is queued in all of them; one that fails does not keep the others from it. */
    void flush() throws IOException {
        Failures failures = new Failures();
        for (Slot slot : all()) {
            failures.attempt(slot.journal::flush);
            giveBack(slot);
        }
        failures.rethrow();
    }

    private synchronized List<Slot> all() {
        slots.values().forEach(slot -> slot.users++);
        return List.copyOf(slots.values());
    }
}
