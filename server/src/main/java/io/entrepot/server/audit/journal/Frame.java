package io.entrepot.server.audit.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One record as it lies in a segment.
 *
 * <pre>
 * int   CRC32C of the segment's id and of everything behind this field
 * int   length of the record
 * long  seq
 * int   place in its batch: how many records before this one were written, and not yet forced, together with it
 * bytes the record: a brace, "seq":N, a comma, and the body that was given
 * </pre>
 *
 * <p>The id is random, and another one in each use of a file: neither what an earlier use left there nor what a client puts
 * into a record can pass for a frame. What is below {@link #forcedBelow} was on the disk before this frame was written: by
 * that a batch of which a power cut left the end, not the beginning, is told from damage.
 *
 * @param position where in its file it begins
 */
record Frame(long position, long seq, int place, byte[] bytes) {

    static final int HEAD = 20;

    /** An entry of a C2SP tile has a length of 16 bits. */
    static final int LARGEST_RECORD = 65_535;

    /** A brace, {@code "seq":9223372036854775807} and a comma. */
    static final int LONGEST_START = 27;

    private static final byte[] START = "{\"seq\":".getBytes(StandardCharsets.US_ASCII);

    /** The number of bytes that it takes in the file. */
    int size() {
        return HEAD + bytes.length;
    }

    long forcedBelow() {
        return seq - place;
    }

    /** The bytes that a frame with a body of so many takes at most. */
    static int sizeOf(int body) {
        return HEAD + LONGEST_START + body;
    }

    /** Appends a frame. */
    static void put(ByteBuffer out, long id, long seq, int place, byte[] body) {
        int begin = out.position();
        out.position(begin + HEAD);
        out.put(START)
                .put(Long.toString(seq).getBytes(StandardCharsets.US_ASCII))
                .put((byte) ',');
        out.put(body);
        int end = out.position();
        out.putInt(begin + 4, end - begin - HEAD).putLong(begin + 8, seq).putInt(begin + 16, place);
        out.putInt(begin, crc(out, id, begin, end));
    }

    /** The frame that begins at this offset, if an intact one does. */
    static Optional<Frame> read(ByteBuffer in, int offset, long id, long position) {
        if (offset < 0 || in.limit() - offset < HEAD) {
            return Optional.empty();
        }
        int length = in.getInt(offset + 4);
        if (length < 1 || length > LARGEST_RECORD || length > in.limit() - offset - HEAD) {
            return Optional.empty();
        }
        if (in.getInt(offset) != crc(in, id, offset, offset + HEAD + length)) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        in.get(offset + HEAD, bytes);
        return Optional.of(new Frame(position, in.getLong(offset + 8), in.getInt(offset + 16), bytes));
    }

    private static int crc(ByteBuffer buffer, long id, int begin, int end) {
        CRC32C crc = new CRC32C();
        for (int shift = 56; shift >= 0; shift -= 8) {
            crc.update((int) (id >>> shift) & 0xff);
        }
        crc.update(buffer.duplicate().limit(end).position(begin + 4));
        return (int) crc.getValue();
    }
}
