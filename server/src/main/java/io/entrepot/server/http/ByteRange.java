package io.entrepot.server.http;

import io.entrepot.oci.Digest;
import io.entrepot.oci.RegistryException;
import java.util.Locale;

/**
 * The bytes {@code from} to {@code to} (exclusive) of a blob of {@code size}, and whether they are sent as a part (206).
 *
 * <p>One range is honoured to its end, never clipped. Several are answered with the whole: a client that asked for two
 * ranges takes a single part for something else. One that cannot be right is refused, not ignored: containerd takes a
 * 200 to the range of a later chunk for that chunk.
 */
record ByteRange(long from, long to, long size, boolean partial) {

    private static final String UNIT = "bytes=";

    static ByteRange whole(long size) {
        return new ByteRange(0, size, size, false);
    }

    /** What a GET asks for (RFC 9110, 14.2). @throws RegistryException.RangeNotSatisfiable if nothing of it is there */
    static ByteRange of(RequestHead head, Digest digest, long size) {
        String range = head.value("Range");
        if (range.isEmpty()
                || head.isHead()
                || head.count("Range") > 1
                || range.indexOf(',') >= 0
                || !range.toLowerCase(Locale.ROOT).startsWith(UNIT)
                || !ifRange(head.value("If-Range"), digest)) {
            return whole(size);
        }
        return single(range.substring(UNIT.length()).strip(), size);
    }

    private static boolean ifRange(String validator, Digest digest) {
        return validator.isEmpty() || validator.equals("\"" + digest + "\"");
    }

    private static ByteRange single(String spec, long size) {
        int dash = spec.indexOf('-');
        if (dash < 0) {
            throw new RegistryException.RangeNotSatisfiable(size);
        }
        String first = spec.substring(0, dash);
        String last = spec.substring(dash + 1);
        return first.isEmpty() ? suffix(number(last, size), size) : slice(first, last, size);
    }

    private static ByteRange suffix(long length, long size) {
        return part(Math.max(0, size - length), size, size);
    }

    private static ByteRange slice(String first, String last, long size) {
        long from = number(first, size);
        long to = last.isEmpty() ? size : Math.min(number(last, size), size - 1) + 1;
        return part(from, to, size);
    }

    private static ByteRange part(long from, long to, long size) {
        if (from >= to) {
            throw new RegistryException.RangeNotSatisfiable(size);
        }
        return new ByteRange(from, to, size, true);
    }

    /** A number of any length; what does not fit is larger than any blob. */
    private static long number(String digits, long size) {
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new RegistryException.RangeNotSatisfiable(size);
        }
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > 18 ? Long.MAX_VALUE : Long.parseLong(significant);
    }

    long length() {
        return to - from;
    }

    /** As in {@code Content-Range}. */
    String contentRange() {
        return "bytes " + from + "-" + (to - 1) + "/" + size;
    }
}
