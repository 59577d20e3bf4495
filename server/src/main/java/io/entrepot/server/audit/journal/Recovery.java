package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how far the records of a journal go that nobody has open, and makes its end fit to be written on.
 *
 * <p>The last segment ends with its last intact frame: what follows is the rest of a batch that was never acknowledged, if no
 * frame behind it says that the missing ones were forced before. Else they are a {@link Gap}, and the next record goes to a new
 * segment, behind the highest seq that was seen. The last batch is written once more and forced before anything else: a process
 * that was killed may have left it in memory alone, and after a failed force it may be there although it is not on the disk.
 */
final class Recovery {

    /** What was found. */
    record Recovered(
            List<Long> segments,
            long next,
            List<Gap> gaps,
            @Nullable Segment last) {}

    private final JournalFs fs;
    private final Layout layout;
    private final List<Gap> gaps = new ArrayList<>();
    private final List<Long> segments = new ArrayList<>();
    private long next;

    // of the last segment
    private SegmentHeader header = new SegmentHeader(0, 0);
    private long end;
    private long batch;
    private boolean whole;

    Recovery(JournalFs fs, Layout layout) {
        this.fs = fs;
        this.layout = layout;
    }

    /**
     * @param acknowledged records below this were on the disk
     * @param first records below this are held elsewhere
     */
    Recovered run(long acknowledged, long first) throws IOException {
        List<Long> firsts = layout.segments(fs);
        next = firsts.isEmpty() ? first : firsts.get(0);
        for (int i = 0; i < firsts.size(); i++) {
            read(firsts.get(i), i + 1 < firsts.size() ? firsts.get(i + 1) : SegmentCursor.OPEN);
        }
        goOnFrom(acknowledged, "acknowledged, and not in the last segment");
        whole &= next >= first;
        next = Math.max(next, first);
        return new Recovered(segments, next, gaps, whole ? repaired() : null);
    }

    /** Notes what is missing below this seq, and counts on from there. */
    private void goOnFrom(long seq, String why) {
        if (seq > next) {
            gaps.add(new Gap(next, seq, why));
            next = seq;
            whole = false;
        }
    }

    private void read(long first, long below) throws IOException {
        goOnFrom(first, "no segment holds them");
        Optional<SegmentCursor> opened = SegmentCursor.open(fs, layout.segment(first), first);
        if (opened.isEmpty()) {
            fs.move(layout.segment(first), layout.damaged(first));
            whole = false;
        } else {
            try (SegmentCursor cursor = opened.get()) {
                segments.add(first);
                read(cursor, below);
            }
        }
        if (below != SegmentCursor.OPEN) {
            goOnFrom(below, "not between the segments that begin with " + first + " and " + below);
        }
    }

    private void read(SegmentCursor cursor, long below) throws IOException {
        header = cursor.header();
        batch = cursor.position();
        whole = cursor.isWhole();
        Optional<Frame> frame = cursor.next(below);
        while (frame.isPresent()) {
            goOnFrom(frame.get().seq(), "damaged in the segment that begins with " + cursor.first());
            next = frame.get().seq() + 1;
            if (frame.get().place() == 0) {
                batch = frame.get().position();
            }
            frame = cursor.next(below);
        }
        end = cursor.position();
    }

    /** The last segment, without what was torn. */
    private Segment repaired() throws IOException {
        Path path = layout.segment(segments.get(segments.size() - 1));
        FileChannel file = fs.openForWriting(path);
        try {
            rewrite(file);
            clear(file);
            fs.force(file, false);
            return new Segment(fs, path, file, header, end);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void rewrite(FileChannel file) throws IOException {
        ByteBuffer frames = ByteBuffer.allocate((int) (end - batch));
        fs.read(file, frames, batch);
        fs.write(file, frames.flip(), batch);
    }

    /** Writes zeros where something else is behind the end. */
    private void clear(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
        for (long at = end; at < header.end(); at += bytes.capacity()) {
            bytes.clear().limit((int) Math.min(bytes.capacity(), header.end() - at));
            fs.read(file, bytes, at);
            bytes.rewind();
            if (bytes.mismatch(ByteBuffer.allocate(bytes.limit())) >= 0) {
                fs.write(file, ByteBuffer.allocate(bytes.limit()), at);
            }
        }
    }
}
