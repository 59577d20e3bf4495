package io.entrepot.storage.disk;

import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import io.entrepot.storage.disk.JournalRecord.Saw;
import io.entrepot.storage.disk.JournalRecord.Still;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

/**
 * The journal of one repository: what its tags meant and what is linked to it, as an append-only text file.
 *
 * <p>A record is applied in memory and queued as a {@link JournalLine}; whoever needs it durable appends everything that
 * is queued and forces the file once, for all who wait. A torn end is cut off, a damaged line is skipped and the file
 * copied to {@code set-aside/}. After a failed write or force nothing is known of the file any more, so the next append
 * writes it as a whole beside the old one.
 *
 * <p>Own files rather than an embedded database: a mirror appends a few lines an hour to one of many repositories and
 * reads one repository at a time. A file of lines can be read and mended by a person and is damaged alone; MVStore keeps
 * all maps in one file, of which a defect concerns every repository, and was slower and larger (figures: CONTRIBUTING.md).
 *
 * <p>Locks: {@code io}, then the object's own. The own lock guards state and queue and is never held over a file
 * operation; {@code io} guards the rest and is held by the one who reads or writes the file.
 */
final class Journal {

    /** Lines before it is looked whether most of them say nothing any more. */
    private static final int REVIEW = 256;

    private static final int STALE_TIMES = 4;

    final Repository repository;
    private final JournalFile file;
    private final Object io = new Object();
    private final RepositoryState state = new RepositoryState();
    private final ByteArrayOutputStream queue = new ByteArrayOutputStream();
    private final Set<Tag> stamped = new HashSet<>();
    private int queued;
    private long news;

    /** News up to this number are on the disk; -1: not even what was read, for whoever wrote it may have died. */
    private volatile long durable = -1;

    private volatile boolean loaded;
    private boolean doubtful;
    private int lines;
    private int reviewAt = REVIEW;

    /** {@code doubtful} if an earlier write failed, so that what the file holds may not be on the disk. */
    Journal(Disk disk, Repository repository, boolean doubtful) {
        this.repository = repository;
        this.file = new JournalFile(disk, repository);
        this.doubtful = doubtful;
    }

    /** Reads the file if that was not done yet; true if it was done now. */
    boolean load() throws IOException {
        if (loaded) {
            return false;
        }
        synchronized (io) {
            boolean now = !loaded;
            if (now) {
                readFile();
                loaded = true;
            }
            return now;
        }
    }

    private void readFile() throws IOException {
        byte[] bytes = file.read();
        JournalReader reader = new JournalReader(bytes);
        synchronized (this) {
            reader.applyTo(state);
        }
        lines = reader.lines();
        file.tornAt(reader.end());
        if (reader.damaged() > 0) {
            file.damaged(bytes, reader.damaged());
            doubtful = true;
        }
    }

    /** Looks something up. */
    synchronized <T> T read(Function<RepositoryState, T> query) {
        return query.apply(state);
    }

    /** Makes a record true, durable on return if it is news; returns what was asked for of the state it led to. */
    <T> T write(JournalRecord record, Function<RepositoryState, T> query) throws IOException {
        T result;
        long mark;
        synchronized (this) {
            add(record);
            result = query.apply(state);
            mark = news;
        }
        waitFor(mark);
        return result;
    }

    private void add(JournalRecord record) {
        if (record.isNewsTo(state)) {
            queueStamps();
            record.applyTo(state);
            queue(record);
            news += record.mayWait() ? 0 : 1;
        } else if (record instanceof Saw saw) {
            saw.applyTo(state);
            stamped.add(saw.tag());
        }
    }

    /** Before a tag changes, so that it is known how long it had been what it was. */
    private void queueStamps() {
        for (Tag tag : stamped) {
            state.tag(tag)
                    .ifPresent(known -> queue(new Still(tag, known.latest().last())));
        }
        stamped.clear();
    }

    private void queue(JournalRecord record) {
        queue.writeBytes(JournalLine.of(record));
        queued++;
    }

    /** Also what was not news must be durable: the one who brought it may still be waiting, or have died. */
    private void waitFor(long mark) throws IOException {
        if (durable >= mark) {
            return;
        }
        synchronized (io) {
            if (durable < mark) {
                save(true);
            }
        }
    }

    synchronized boolean isDirty() {
        return queue.size() > 0 || !stamped.isEmpty();
    }

    /** Writes what is queued, without forcing it. */
    void flush() throws IOException {
        synchronized (io) {
            if (isDirty() || (doubtful && file.exists())) {
                save(false);
            }
        }
    }

    private void save(boolean force) throws IOException {
        boolean sound = !doubtful;
        doubtful = true;
        if (sound) {
            append(force);
        }
        if (!sound || isMostlyStale()) {
            rewrite();
        }
        doubtful = false;
    }

    /** What is taken out of the queue and then not written is in the state, from which the file is rewritten. */
    private void append(boolean force) throws IOException {
        byte[] batch;
        long mark;
        synchronized (this) {
            queueStamps();
            batch = queue.toByteArray();
            mark = news;
            lines += queued;
            clearQueue();
        }
        if (batch.length > 0 || file.exists()) {
            file.append(batch, force);
        }
        durable = force ? mark : durable;
    }

    private void clearQueue() {
        queue.reset();
        stamped.clear();
        queued = 0;
    }

    private boolean isMostlyStale() {
        if (lines <= reviewAt) {
            return false;
        }
        int live = read(known -> known.records().size());
        reviewAt = Math.max(REVIEW, STALE_TIMES * live);
        return lines > reviewAt;
    }

    private void rewrite() throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        long mark;
        synchronized (this) {
            state.records().forEach(record -> content.writeBytes(JournalLine.of(record)));
            lines = state.records().size();
            mark = news;
            clearQueue();
        }
        file.replace(content.toByteArray());
        durable = mark;
    }

    /** Deletes the file of a repository of which nothing is known; true if there was one. */
    boolean deleteIfEmpty() throws IOException {
        synchronized (io) {
            return read(state -> state.records().isEmpty()) && !isDirty() && file.delete();
        }
    }

    /** About how many bytes of memory this takes: a descriptor takes four times its text. */
    long weight() {
        return 1024 + 4 * file.end();
    }
}
