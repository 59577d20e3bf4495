package io.entrepot.server.audit.tlog;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What stands in the place of a record that cannot be read any more, {@code {"seq":N,"type":"missing"}}: a log has no holes, and
 * what is lost is seen.
 */
public final class Missing {

    private static final int LONGEST = 64;

    private Missing() {}

    public static byte[] at(long seq) {
        return ("{\"seq\":" + seq + ",\"type\":\"missing\"}").getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether that is all there is at this place. */
    static boolean is(long seq, byte[] record) {
        return record.length < LONGEST && Arrays.equals(record, at(seq));
    }
}
