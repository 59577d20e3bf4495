package io.entrepot.storage.disk;

import io.entrepot.oci.Digest.Algorithm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What is known of some blobs, between the index and its file: in columns, so that it is copied and not taken apart.
 *
 * <pre>
 * count:int  kind:byte[count]  digest:long[4][count]  rest:long[4][…]  size:long[count]  stamp:long[count]
 *            used:int[count]  verified:int[count]
 * kind       0 sha256, 2 sha512; plus 1 if the blob is a manifest
 * rest       the second half of a sha512's digest, in the order of those blobs
 * </pre>
 *
 * <p>Numbers are little endian: 57 bytes for a blob under sha256. Not safe for use by several threads.
 */
final class BlobRows {

    /** The most blobs that it has room for. */
    static final int MOST = 1 << 14;

    static final int MANIFEST = 1;
    private static final int SHA512 = 2;
    private static final int WORDS = DigestTable.WORDS;
    private static final int SHORT = 1 + WORDS * Long.BYTES + 2 * Long.BYTES + 2 * Integer.BYTES;

    /** The bytes that it is written in, at most. */
    static final int MOST_BYTES = Integer.BYTES + MOST * (SHORT + WORDS * Long.BYTES);

    private final byte[] kind = new byte[MOST];
    private final long[] first = new long[MOST * WORDS];
    private final long[] rest = new long[MOST * WORDS];
    private final long[] size = new long[MOST];
    private final long[] stamp = new long[MOST];
    private final int[] used = new int[MOST];
    private final int[] verified = new int[MOST];
    private int count;
    private int restWords;

    int count() {
        return count;
    }

    int room() {
        return MOST - count;
    }

    void clear() {
        count = 0;
        restWords = 0;
    }

    boolean isManifest(int row) {
        return (kind[row] & MANIFEST) != 0;
    }

    Algorithm algorithm(int row) {
        return (kind[row] & SHA512) != 0 ? Algorithm.SHA512 : Algorithm.SHA256;
    }

    /** First halves of digests, four words for each row. */
    long[] first() {
        return first;
    }

    /** Second halves, four words for each row that is a sha512. */
    long[] rest() {
        return rest;
    }

    long[] sizes() {
        return size;
    }

    long[] stamps() {
        return stamp;
    }

    int[] used() {
        return used;
    }

    int[] verified() {
        return verified;
    }

    /** Adds a row; there must be room. The words of its digest are copied from the table. */
    void add(DigestTable digests, int id, boolean manifest, long length, long print, int lastUsed, int lastVerified) {
        boolean isLong = digests.algorithm(id) == Algorithm.SHA512;
        kind[count] = (byte) ((isLong ? SHA512 : 0) | (manifest ? MANIFEST : 0));
        for (int word = 0; word < WORDS; word++) {
            first[count * WORDS + word] = digests.word(id, word);
        }
        for (int word = WORDS; isLong && word < 2 * WORDS; word++) {
            rest[restWords++] = digests.word(id, word);
        }
        size[count] = length;
        stamp[count] = print;
        used[count] = lastUsed;
        verified[count] = lastVerified;
        count++;
    }

    /** Writes all rows; {@link #MOST_BYTES} of room are enough. */
    void writeTo(ByteBuffer into) {
        ByteBuffer bytes = into.order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(count).put(kind, 0, count);
        put(bytes, first, count * WORDS);
        put(bytes, rest, restWords);
        put(bytes, size, count);
        put(bytes, stamp, count);
        put(bytes, used);
        put(bytes, verified);
    }

    private static void put(ByteBuffer into, long[] from, int length) {
        into.asLongBuffer().put(from, 0, length);
        into.position(into.position() + length * Long.BYTES);
    }

    private void put(ByteBuffer into, int[] from) {
        into.asIntBuffer().put(from, 0, count);
        into.position(into.position() + count * Integer.BYTES);
    }

    /** Reads what was written, instead of what was here; false, and empty, if these bytes are not that. */
    boolean readFrom(ByteBuffer from) {
        clear();
        ByteBuffer bytes = from.order(ByteOrder.LITTLE_ENDIAN);
        int rows = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
        if (rows < 0 || rows > MOST || bytes.remaining() < rows) {
            return false;
        }
        bytes.get(kind, 0, rows);
        int longWords = WORDS * longDigests(rows);
        if (bytes.remaining() != rows * (SHORT - 1) + longWords * Long.BYTES) {
            return false;
        }
        count = rows;
        restWords = longWords;
        get(bytes, first, count * WORDS);
        get(bytes, rest, restWords);
        get(bytes, size, count);
        get(bytes, stamp, count);
        get(bytes, used);
        get(bytes, verified);
        return true;
    }

    private int longDigests(int rows) {
        int found = 0;
        for (int row = 0; row < rows; row++) {
            found += (kind[row] & SHA512) != 0 ? 1 : 0;
        }
        return found;
    }

    private static void get(ByteBuffer from, long[] into, int length) {
        from.asLongBuffer().get(into, 0, length);
        from.position(from.position() + length * Long.BYTES);
    }

    private void get(ByteBuffer from, int[] into) {
        from.asIntBuffer().get(into, 0, count);
        from.position(from.position() + count * Integer.BYTES);
    }
}
