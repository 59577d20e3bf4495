package io.entrepot.server.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Brings a window of a file into the page cache before an event loop sends it by {@code sendfile}, which would block on
 * cold pages.
 *
 * <p>Java has no {@code readahead} and no {@code mincore}, so one byte is read at each stride; where that is slow the
 * window is cold, and all of it is read.
 */
final class PageCache {

    /** Bytes prepared at a time. */
    static final int WINDOW = 8 * 1024 * 1024;

    private static final int STRIDE = 256 * 1024;
    private static final long COLD_NANOS = 100_000;
    private static final int CHUNK = 256 * 1024;
    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK));

    private PageCache() {}

    /** Returns when the bytes from {@code position} on, {@code length} of them, are in memory. Blocks. */
    static void prepare(FileChannel file, long position, int length) throws IOException {
        ByteBuffer probe = SCRATCH.get();
        for (long at = position; at < position + length; at += STRIDE) {
            long before = System.nanoTime();
            file.read(probe.clear().limit(1), at);
            if (System.nanoTime() - before > COLD_NANOS) {
                readAll(file, at, position + length);
                return;
            }
        }
    }

    private static void readAll(FileChannel file, long from, long to) throws IOException {
        ByteBuffer sink = SCRATCH.get();
        for (long at = from; at < to; ) {
            sink.clear().limit((int) Math.min(CHUNK, to - at));
            int read = file.read(sink, at);
            if (read < 0) {
                return;
            }
            at += read;
        }
    }
}
