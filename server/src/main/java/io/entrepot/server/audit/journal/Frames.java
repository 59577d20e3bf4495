package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.function.Predicate;

/** Frames of one file at any place, read through a window. */
final class Frames {

    /** Instead of a size: no frame that could be meant begins here. */
    static final int NONE = -1;

    private static final int WINDOW = 256 * 1024;

    private final JournalFs fs;
    private final FileChannel file;
    private final long id;
    private final long end;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);
    private long start;

    /** @param end where the room for frames ends */
    Frames(JournalFs fs, FileChannel file, long id, long end) {
        this.fs = fs;
        this.file = file;
        this.id = id;
        this.end = end;
    }

    /** Forgets what it read: the writer may have gone on since. */
    void refresh() {
        window.limit(0);
    }

    /** The frame that begins here, if an intact one does. */
    Optional<Frame> at(long position) throws IOException {
        if (!holds(position, Frame.HEAD)) {
            load(position);
        }
        if (!holds(position, Frame.HEAD)) {
            return Optional.empty();
        }
        int length = window.getInt(offset(position) + 4);
        if (length < 1 || length > Frame.LARGEST_RECORD) {
            return Optional.empty();
        }
        if (!holds(position, Frame.HEAD + length)) {
            load(position);
        }
        return Frame.read(window, offset(position), id, position);
    }

    /** The size of the frame that begins here, by its head alone; {@link #NONE} if it does not say that it has this seq. */
    int sizeAt(long position, long seq) throws IOException {
        if (!holds(position, Frame.HEAD)) {
            load(position);
        }
        if (!holds(position, Frame.HEAD)) {
            return NONE;
        }
        int length = window.getInt(offset(position) + 4);
        boolean plausible =
                length >= 1 && length <= Frame.LARGEST_RECORD && window.getLong(offset(position) + 8) == seq;
        return plausible ? Frame.HEAD + length : NONE;
    }

    /** The next intact frame that begins here or behind, has a seq between these, and is wanted. */
    Optional<Frame> search(long from, long aboveSeq, long belowSeq, Predicate<Frame> wanted) throws IOException {
        for (long position = from; position + Frame.HEAD <= end; position++) {
            if (!holds(position, Frame.HEAD)) {
                load(position);
            }
            if (!holds(position, Frame.HEAD)) {
                return Optional.empty();
            }
            if (isPlausible(offset(position), aboveSeq, belowSeq)) {
                Optional<Frame> found = at(position).filter(wanted);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** Looked at before the checksum, which would make a search through a segment slow. */
    private boolean isPlausible(int offset, long aboveSeq, long belowSeq) {
        int length = window.getInt(offset + 4);
        if (length < 1 || length > Frame.LARGEST_RECORD) {
            return false;
        }
        long seq = window.getLong(offset + 8);
        return seq > aboveSeq && seq < belowSeq;
    }

    private boolean holds(long position, int length) {
        return position >= start && position + length <= start + window.limit();
    }

    private int offset(long position) {
        return (int) (position - start);
    }

    private void load(long position) throws IOException {
        window.clear().limit((int) Math.max(0, Math.min(WINDOW, end - position)));
        start = position;
        int read = fs.read(file, window, position);
        window.rewind().limit(Math.max(0, read));
    }
}
