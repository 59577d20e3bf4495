package io.entrepot.server.audit.tlog;

import java.nio.charset.StandardCharsets;

/** The head of each record, a brace and its {@code "seq"}: its place, which is in the hash with the rest of it. */
final class SequenceHead {

    private static final byte[] HEAD = "{\"seq\":".getBytes(StandardCharsets.US_ASCII);

    private SequenceHead() {}

    /** Whether a record says that it stands at this index; compares digits from the right, makes nothing. */
    static boolean says(byte[] record, long index) {
        if (record.length <= HEAD.length) {
            return false;
        }
        for (int i = 0; i < HEAD.length; i++) {
            if (record[i] != HEAD[i]) {
                return false;
            }
        }
        int end = HEAD.length + digits(index);
        if (record.length <= end || record[end] != ',') {
            return false;
        }
        long rest = index;
        for (int at = end - 1; at >= HEAD.length; at--, rest /= 10) {
            if (record[at] != '0' + rest % 10) {
                return false;
            }
        }
        return true;
    }

    private static int digits(long index) {
        int digits = 1;
        for (long rest = index / 10; rest > 0; rest /= 10) {
            digits++;
        }
        return digits;
    }

    /** How a record begins, for people. */
    static String shown(byte[] record) {
        return Bytes.shown(new String(record, 0, Math.min(record.length, 40), StandardCharsets.UTF_8));
    }
}
