package io.entrepot.server.audit.tlog;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Base64;

/** Numbers in byte arrays, big-endian, and base64 in its one form. */
final class Bytes {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    static long longAt(byte[] bytes, int offset) {
        return (long) LONG.get(bytes, offset);
    }

    static void putLong(byte[] bytes, int offset, long value) {
        LONG.set(bytes, offset, value);
    }

    /** Standard base64 with padding; what decodes to the same bytes but is written otherwise is refused. */
    static byte[] base64(String text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        if (!Base64.getEncoder().encodeToString(bytes).equals(text)) {
            throw new IllegalArgumentException("base64 in another than its one form (expected: RFC 4648, 4, padded)");
        }
        return bytes;
    }

    /** A decimal number without leading zeros, 0 to 2^63 - 1; @throws IllegalArgumentException otherwise. */
    static long decimal(String text) {
        boolean written = !text.isEmpty() && text.length() <= 19 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!written || (text.length() > 1 && text.charAt(0) == '0')) {
            throw new IllegalArgumentException("number: " + shown(text) + " (expected: decimal, no leading zeros)");
        }
        return Long.parseLong(text);
    }

    /** Text of others in a message: not longer than a line, nothing that moves a cursor. */
    static String shown(String text) {
        String safe = text.replaceAll("\\p{Cntrl}", "?");
        return safe.length() <= 80 ? safe : safe.substring(0, 80) + "...";
    }
}
