package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a segment begins with, and ends with once more, so that one bad sector does not cost all of it: 16 bytes that name the
 * format, its id (long), the size of the file (long), CRC32C of these (int), the rest zero.
 */
record SegmentHeader(long id, long segmentBytes) {

    /** The bytes at either end of the file that hold no frames. */
    static final int SIZE = 512;

    private static final byte[] FORMAT = "entrepot journ 1".getBytes(StandardCharsets.US_ASCII);
    private static final SecureRandom RANDOM = new SecureRandom();

    static SegmentHeader fresh(long segmentBytes) {
        return new SegmentHeader(RANDOM.nextLong(), segmentBytes);
    }

    /** Where the room for frames ends. */
    long end() {
        return segmentBytes - SIZE;
    }

    void write(JournalFs fs, FileChannel file) throws IOException {
        fs.write(file, encoded(), 0);
        fs.write(file, encoded(), end());
    }

    /** Reads it at one end or at the other; empty if both are damaged. */
    static Optional<SegmentHeader> read(JournalFs fs, FileChannel file) throws IOException {
        Optional<SegmentHeader> first = readAt(fs, file, 0);
        return first.isPresent() ? first : readAt(fs, file, file.size() - SIZE);
    }

    private static Optional<SegmentHeader> readAt(JournalFs fs, FileChannel file, long position) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(FORMAT.length + 20);
        if (position < 0 || fs.read(file, bytes, position) < bytes.capacity()) {
            return Optional.empty();
        }
        SegmentHeader header = new SegmentHeader(bytes.getLong(FORMAT.length), bytes.getLong(FORMAT.length + 8));
        return header.encoded().limit(bytes.capacity()).equals(bytes.flip()) ? Optional.of(header) : Optional.empty();
    }

    private ByteBuffer encoded() {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).put(FORMAT).putLong(id).putLong(segmentBytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, bytes.position());
        return bytes.putInt((int) crc.getValue()).rewind().limit(SIZE);
    }
}
