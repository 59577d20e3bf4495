package io.entrepot.server.audit.tlog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * Where the frames of a volume's entries are. The file is 256 zstd frames, each the bundle of 256 records and with its own
 * checksum, and then this, inside a skippable frame, so that {@code zstd -d} gives the bundles one after another:
 *
 * <pre>
 *   4  0x184D2A50, little-endian        4  2100, little-endian
 *   256 × (4 length of the frame, 4 length of the bundle)
 *   8  index of the first record
 *   4  CRC-32C of the 2056 bytes before it
 *   32 SHA-256 of all of the file before it
 *   8  "entrepot"
 * </pre>
 */
record VolumeIndex(long firstRecord, long[] offsets, int[] plain, byte[] sha256) {

    private static final int SKIPPABLE = 0x184D2A50;
    private static final long MAGIC = 0x656E747265706F74L;
    private static final int TABLE = Volume.BUNDLES * 8 + 8;
    private static final int PAYLOAD = TABLE + 4 + Hash.BYTES + 8;

    /** The bytes behind the last frame. */
    static final int BYTES = 8 + PAYLOAD;

    /** How many of those stand before the hash of the file. */
    static final int BEFORE_HASH = 8 + TABLE + 4;

    private static final int LONGEST_BUNDLE = Tile.WIDTH * (2 + Bundle.LONGEST);

    /** What stands before the hash. */
    static byte[] head(long firstRecord, int[] frames, int[] bundles) {
        ByteBuffer buffer = ByteBuffer.allocate(BEFORE_HASH).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(SKIPPABLE).putInt(PAYLOAD).order(ByteOrder.BIG_ENDIAN);
        for (int i = 0; i < Volume.BUNDLES; i++) {
            buffer.putInt(frames[i]).putInt(bundles[i]);
        }
        buffer.putLong(firstRecord);
        return buffer.putInt(crc(buffer.array())).array();
    }

    /** What stands from the hash to the end. */
    static byte[] foot(byte[] sha256) {
        return ByteBuffer.allocate(Hash.BYTES + 8).put(sha256).putLong(MAGIC).array();
    }

    /** Reads it from the end of a file; @throws IOException saying what is wrong with it. */
    static VolumeIndex read(FileChannel file, long firstRecord) throws IOException {
        long frames = file.size() - BYTES;
        if (frames < 0) {
            throw new IOException("the file has " + file.size() + " bytes (expected: at least " + BYTES + ")");
        }
        byte[] bytes = Durable.read(file, frames, BYTES);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean framed = buffer.getInt() == SKIPPABLE && buffer.getInt() == PAYLOAD;
        buffer.order(ByteOrder.BIG_ENDIAN);
        if (!framed || buffer.getInt(BEFORE_HASH - 4) != crc(bytes) || buffer.getLong(BYTES - 8) != MAGIC) {
            throw new IOException("the index at the end of the file is damaged");
        }
        return of(buffer, firstRecord, frames);
    }

    private static VolumeIndex of(ByteBuffer buffer, long firstRecord, long end) throws IOException {
        long[] offsets = new long[Volume.BUNDLES + 1];
        int[] plain = new int[Volume.BUNDLES];
        for (int i = 0; i < Volume.BUNDLES; i++) {
            offsets[i + 1] = offsets[i] + buffer.getInt();
            plain[i] = buffer.getInt();
            if (offsets[i + 1] <= offsets[i] || plain[i] < 0 || plain[i] > LONGEST_BUNDLE) {
                throw new IOException("the index at the end of the file has lengths that cannot be");
            }
        }
        long first = buffer.getLong();
        if (first != firstRecord || offsets[Volume.BUNDLES] != end) {
            throw new IOException("the file begins with record " + first + " and has frames of "
                    + offsets[Volume.BUNDLES] + " bytes (expected: " + firstRecord + ", " + end + ")");
        }
        byte[] sha256 = new byte[Hash.BYTES];
        buffer.position(BEFORE_HASH).get(sha256);
        return new VolumeIndex(first, offsets, plain, sha256);
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 8, TABLE);
        return (int) crc.getValue();
    }
}
