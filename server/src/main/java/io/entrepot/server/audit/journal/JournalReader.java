package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a journal in order, as far as they are durable, while it is written: in the same process or in another
 * one, without a lock. For one thread at a time.
 *
 * <p>A record whose seq is not the last one plus one has a gap before it: what is missing was forgotten or is damaged.
 */
public final class JournalReader implements AutoCloseable {

    /** Says below which seq records are on the disk; empty: all that can be read are. */
    @FunctionalInterface
    interface Horizon {
        OptionalLong durable() throws IOException;
    }

    /** How far records go, and with which seqs the segments begin. */
    private record View(long durable, List<Long> firsts) {

        static final View NOTHING = new View(0, List.of());

        /** The last segment that begins with this seq or before it; the first, if none does. */
        int holding(long seq) {
            int index = 0;
            while (index + 1 < firsts.size() && firsts.get(index + 1) <= seq) {
                index++;
            }
            return index;
        }

        boolean isLast(int index) {
            return index + 1 >= firsts.size();
        }

        /** True if no durable record is behind this segment: what begins behind it may not have got one yet. */
        boolean endsWith(int index) {
            return isLast(index) || firsts.get(index + 1) >= durable;
        }

        /** Where the records of a segment end. */
        long end(int index) {
            return isLast(index) ? durable : Math.min(durable, firsts.get(index + 1));
        }
    }

    private final JournalFs fs;
    private final Layout layout;
    private final Horizon horizon;
    private View view = View.NOTHING;
    private long next;
    private @Nullable SegmentCursor cursor;

    JournalReader(JournalFs fs, Layout layout, long from, Horizon horizon) {
        this.fs = fs;
        this.layout = layout;
        this.next = from;
        this.horizon = horizon;
    }

    /** Reads a journal that another process may be writing, or none, from this seq on. */
    public static JournalReader open(Path directory, long from) throws IOException {
        JournalFs fs = new NioFs();
        Layout layout = new Layout(directory.toRealPath());
        return new JournalReader(fs, layout, from, () -> Watermark.durable(fs, layout.durable()));
    }

    /**
     * Below which seq records of a journal are on the disk, by what its writer says beside it; empty if all that can be read
     * are.
     */
    public static OptionalLong durable(Path directory) throws IOException {
        NioFs fs = new NioFs();
        return Watermark.durable(fs, new Layout(directory.toRealPath()).durable());
    }

    /** The next record; empty if no other is durable yet: to be asked again later. May block. */
    public Optional<JournalRecord> next() throws IOException {
        Optional<Frame> frame = advance();
        while (frame.isEmpty() && look()) {
            frame = advance();
        }
        return frame.map(found -> new JournalRecord(found.seq(), found.bytes()));
    }

    /** Looks how far the journal is: first the records, then the segments, so that each of the records has its segment. */
    private boolean look() throws IOException {
        View before = view;
        view = new View(horizon.durable().orElse(SegmentCursor.OPEN), layout.segments(fs));
        if (cursor != null) {
            cursor.refresh();
        }
        return !view.equals(before);
    }

    private Optional<Frame> advance() throws IOException {
        if (view.firsts().isEmpty()) {
            return Optional.empty();
        }
        int index = view.holding(next);
        while (true) {
            next = Math.max(next, view.firsts().get(index));
            Optional<Frame> frame = next < view.end(index) ? read(index) : Optional.empty();
            if (frame.isPresent()) {
                next = frame.get().seq() + 1;
                return frame;
            }
            if (view.endsWith(index)) {
                return Optional.empty();
            }
            index++;
        }
    }

    private Optional<Frame> read(int index) throws IOException {
        long first = view.firsts().get(index);
        @Nullable SegmentCursor here = cursorOf(first);
        if (here == null) {
            return Optional.empty();
        }
        long expected = next;
        here.skipTo(next);
        Optional<Frame> frame = here.next(view.end(index));
        while (frame.isPresent() && frame.get().seq() < next) {
            frame = here.next(view.end(index));
        }
        boolean jumps = frame.isEmpty() || frame.get().seq() != expected;
        return jumps && isGone(here) ? lookAgain() : frame;
    }

    private @Nullable SegmentCursor cursorOf(long first) throws IOException {
        @Nullable SegmentCursor here = cursor;
        if (here != null && here.first() == first) {
            return here;
        }
        close();
        try {
            cursor = SegmentCursor.open(fs, layout.segment(first), first).orElse(null);
        } catch (NoSuchFileException e) {
            lookAgain();
        }
        return cursor;
    }

    /** What looks like damage may be a segment that was forgotten, and is another one by now. */
    private boolean isGone(SegmentCursor here) throws IOException {
        try (SegmentCursor now = SegmentCursor.open(fs, layout.segment(here.first()), here.first())
                .orElse(null)) {
            return now != null && now.header().id() != here.header().id();
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private Optional<Frame> lookAgain() throws IOException {
        close();
        view = View.NOTHING;
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        @Nullable SegmentCursor here = cursor;
        cursor = null;
        if (here != null) {
            here.close();
        }
    }
}
