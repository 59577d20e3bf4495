package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Makes files into spare segments.
 *
 * <p>One is zero-filled and forced before it has its name, so that writing to it later needs no room and no change of what the
 * file system knows of the file. A segment that is used anew gets another name first, then zeros and a new id, so that no
 * reader takes it for what it was.
 */
final class SpareFiles {

    private static final int STEP = 1 << 20;

    /** Called between two steps. */
    @FunctionalInterface
    interface Pause {
        void after(long nanos) throws IOException;
    }

    private final JournalFs fs;
    private final Layout layout;
    private final long size;
    private final Pause pause;

    SpareFiles(JournalFs fs, Layout layout, long size, Pause pause) {
        this.fs = fs;
        this.layout = layout;
        this.size = size;
        this.pause = pause;
    }

    /** True if this file is a whole segment of the size that is wanted. */
    boolean isUsable(Path path) throws IOException {
        try (FileChannel file = fs.open(path)) {
            return file.size() == size
                    && SegmentHeader.read(fs, file)
                            .filter(header -> header.segmentBytes() == size)
                            .isPresent();
        }
    }

    Path make(int number) throws IOException {
        try (FileChannel file = fs.create(layout.unfinished(number))) {
            return finish(file, number);
        } catch (IOException e) {
            discard(number, e);
            throw e;
        }
    }

    Path makeOf(Path old, int number) throws IOException {
        fs.move(old, layout.unfinished(number));
        try {
            fs.forceDirectory(layout.directory());
            try (FileChannel file = fs.openForWriting(layout.unfinished(number))) {
                return finish(file, number);
            }
        } catch (IOException e) {
            discard(number, e);
            throw e;
        }
    }

    void delete(Path old) throws IOException {
        fs.delete(old);
        fs.forceDirectory(layout.directory());
    }

    private Path finish(FileChannel file, int number) throws IOException {
        fill(file);
        SegmentHeader.fresh(size).write(fs, file);
        fs.force(file, true);
        fs.move(layout.unfinished(number), layout.spare(number));
        fs.forceDirectory(layout.directory());
        return layout.spare(number);
    }

    /** Forced in steps: the log's own forces wait behind no more than one, and mostly behind none. */
    private void fill(FileChannel file) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(STEP, size));
        for (long at = 0; at < size; at += zeros.capacity()) {
            long begin = System.nanoTime();
            zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
            fs.write(file, zeros, at);
            if (size > STEP) {
                fs.force(file, false);
                pause.after(System.nanoTime() - begin);
            }
        }
    }

    /** What is half made must not hold room on a full disk. */
    private void discard(int number, IOException cause) {
        try {
            fs.delete(layout.unfinished(number));
            fs.delete(layout.spare(number));
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
