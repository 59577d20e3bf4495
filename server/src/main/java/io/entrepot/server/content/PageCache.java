package io.entrepot.server.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Brings a window of a file into the page cache before an event loop sends it by {@code sendfile}, which would block on
 * cold pages.
 *
 * <p>Java has no {@code readahead} and no {@code mincore}, so one byte is read at each stride. Where that is slow the stride
 * may be cold, and it is read; it may also be that another thread had the processor, so the next one is asked again.
 */
final class PageCache {

    private static final int STRIDES = 8;
    private static final int SMALLEST_STRIDE = 256 * 1024;
    private static final long COLD_NANOS = 100_000;
    private static final int CHUNK = 256 * 1024;
    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK));

    private PageCache() {}

    /** Brings the bytes from {@code position} on, {@code length} of them, into memory. Blocks. True if they were there. */
    static boolean prepare(FileChannel file, long position, int length) throws IOException {
        long end = position + length;
        int stride = Math.max(SMALLEST_STRIDE, length / STRIDES);
        boolean wereThere = true;
        for (long at = position; at < end; at += stride) {
            long before = System.nanoTime();
            file.read(SCRATCH.get().clear().limit(1), at);
            if (System.nanoTime() - before > COLD_NANOS) {
                wereThere = false;
                readAll(file, at, Math.min(at + stride, end));
            }
        }
        return wereThere;
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
