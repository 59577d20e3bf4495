package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/** Walks through the frames of one segment; over damage to what is intact behind it. */
final class SegmentCursor implements AutoCloseable {

    /** Nobody knows how far the records go: the first frame that is not intact ends them, unless what follows was written later. */
    static final long OPEN = Long.MAX_VALUE;

    private final FileChannel channel;
    private final long first;
    private final SegmentHeader header;
    private final Frames frames;
    private long position = SegmentHeader.SIZE;
    private long expected;

    private SegmentCursor(JournalFs fs, FileChannel channel, long first, SegmentHeader header) {
        this.channel = channel;
        this.first = first;
        this.header = header;
        this.expected = first;
        this.frames = new Frames(fs, channel, header.id(), header.end());
    }

    /** Opens a segment; empty if its header is damaged at both ends. */
    static Optional<SegmentCursor> open(JournalFs fs, Path file, long first) throws IOException {
        FileChannel channel = fs.open(file);
        try {
            Optional<SegmentHeader> header = SegmentHeader.read(fs, channel);
            if (header.isEmpty()) {
                channel.close();
                return Optional.empty();
            }
            return Optional.of(new SegmentCursor(fs, channel, first, header.get()));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    long first() {
        return first;
    }

    SegmentHeader header() {
        return header;
    }

    /** True if nothing of the file was cut off. */
    boolean isWhole() throws IOException {
        return channel.size() == header.segmentBytes();
    }

    /** Where the next frame is expected. */
    long position() {
        return position;
    }

    /** The seq of the next frame, unless it is damaged. */
    long expected() {
        return expected;
    }

    void refresh() {
        frames.refresh();
    }

    /** The next frame below this seq; one that does not have the seq that was expected has damage before it. */
    Optional<Frame> next(long end) throws IOException {
        if (expected >= end) {
            return Optional.empty();
        }
        Optional<Frame> frame = frames.at(position).filter(here -> here.seq() == expected);
        if (frame.isEmpty()) {
            frame = frames.search(position + 1, expected, end, later -> end != OPEN || later.forcedBelow() > expected);
        }
        frame.ifPresent(this::pass);
        return frame;
    }

    /**
     * Goes to the frame of this seq by what the heads before it say, without a look at what they hold. Where a head is not what
     * it should be, or the frame is not, nothing happens: {@link #next} comes there, over the damage.
     */
    void skipTo(long seq) throws IOException {
        if (expected >= seq) {
            return;
        }
        long at = position;
        for (long passed = expected; passed < seq; passed++) {
            int size = frames.sizeAt(at, passed);
            if (size == Frames.NONE) {
                return;
            }
            at += size;
        }
        if (frames.at(at).filter(there -> there.seq() == seq).isPresent()) {
            position = at;
            expected = seq;
        }
    }

    private void pass(Frame frame) {
        position = frame.position() + frame.size();
        expected = frame.seq() + 1;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
