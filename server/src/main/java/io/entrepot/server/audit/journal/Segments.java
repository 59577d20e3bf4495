package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The segments that hold records. Each begins with the seq that its name says, and ends where the next begins, whatever lies
 * behind that in its file: the rest of a batch that failed there is written again in the next one.
 */
final class Segments {

    private final JournalFs fs;
    private final Layout layout;
    private final Spares spares;

    // of the object's lock
    private final TreeSet<Long> firsts;

    Segments(JournalFs fs, Layout layout, Spares spares, Collection<Long> firsts) {
        this.fs = fs;
        this.layout = layout;
        this.spares = spares;
        this.firsts = new TreeSet<>(firsts);
    }

    /** A new segment for the records from this seq on; everything below is on the disk. */
    Segment open(long first) throws IOException {
        Path spare = spares.take();
        Path path = layout.segment(first);
        rename(spare, path);
        fs.forceDirectory(layout.directory());
        Segment segment = openForWriting(path);
        add(first);
        return segment;
    }

    private void rename(Path spare, Path path) throws IOException {
        try {
            fs.move(spare, path);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            spares.giveBack(spare);
            throw e;
        }
    }

    private Segment openForWriting(Path path) throws IOException {
        FileChannel channel = fs.openForWriting(path);
        try {
            SegmentHeader header = SegmentHeader.read(fs, channel)
                    .orElseThrow(() -> new IOException(path + " has no intact header (expected: one, it was a spare)"));
            return new Segment(fs, path, channel, header, SegmentHeader.SIZE);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private synchronized void add(long first) {
        firsts.add(first);
    }

    /** The seq with which the oldest begins; this one if there is none yet. */
    synchronized long first(long next) {
        return firsts.isEmpty() ? next : firsts.first();
    }

    synchronized int count() {
        return firsts.size();
    }

    /** Retires those that hold nothing from this seq on; never the one that is written. */
    void forget(long below) {
        for (long first : retiring(below)) {
            spares.retire(layout.segment(first));
        }
    }

    private synchronized List<Long> retiring(long below) {
        List<Long> retiring = new ArrayList<>();
        while (firsts.size() > 1 && next(firsts.first()) <= below) {
            retiring.add(firsts.pollFirst());
        }
        return retiring;
    }

    private long next(long first) {
        Long next = firsts.higher(first);
        return next == null ? Long.MAX_VALUE : next;
    }
}
