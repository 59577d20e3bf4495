package io.entrepot.server.audit.tlog;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Records as C2SP tlog-tiles bundles them: each behind its length, a big-endian uint16. */
public final class Bundle {

    /** The longest record, in bytes. */
    public static final int LONGEST = 0xFFFF;

    private Bundle() {}

    /** Writes one record behind those that are there; @throws IllegalArgumentException if it is too long. */
    static void append(ByteArrayOutputStream bundle, byte[] record) {
        if (record.length > LONGEST) {
            throw new IllegalArgumentException(
                    "record: " + record.length + " bytes (expected: at most " + LONGEST + ")");
        }
        bundle.write(record.length >>> 8);
        bundle.write(record.length);
        bundle.writeBytes(record);
    }

    /** The records of a bundle, at most 256; @throws IllegalArgumentException if it is none. */
    public static List<byte[]> records(byte[] bundle) {
        List<byte[]> records = new ArrayList<>(Tile.WIDTH);
        for (int at = 0; at < bundle.length; ) {
            int end = end(bundle, at);
            if (records.size() == Tile.WIDTH) {
                throw new IllegalArgumentException("bundle: more than " + Tile.WIDTH + " records");
            }
            records.add(Arrays.copyOfRange(bundle, at + 2, end));
            at = end;
        }
        return records;
    }

    /** The first records of a bundle, as a bundle; @throws IllegalArgumentException if there are not so many. */
    static byte[] first(byte[] bundle, int count) {
        int end = 0;
        for (int i = 0; i < count; i++) {
            end = end(bundle, end);
        }
        return end == bundle.length ? bundle : Arrays.copyOf(bundle, end);
    }

    /** Where the record ends whose length stands here. */
    private static int end(byte[] bundle, int at) {
        int end = at + 2 > bundle.length ? -1 : at + 2 + ((bundle[at] & 0xFF) << 8 | bundle[at + 1] & 0xFF);
        if (end < 0 || end > bundle.length) {
            throw new IllegalArgumentException(
                    "bundle: a record at byte " + at + " goes beyond its end, " + bundle.length);
        }
        return end;
    }
}
