package io.entrepot.server.http;

import io.entrepot.oci.RegistryException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes {@code from} to {@code to} (exclusive) of a blob of {@code size}, and whether they are sent as a part (206). A
 * range is honoured to its end, never clipped.
 */
record ByteRange(long from, long to, long size, boolean partial) implements Selected {

    static final String UNIT = "bytes=";

    private static final Pattern SPEC = Pattern.compile("([0-9]*)-([0-9]*)");

    static ByteRange whole(long size) {
        return new ByteRange(0, size, size, false);
    }

    /** Whether this is one of {@code 0-9}, {@code 5-} and {@code -5}, and does not end before it begins (RFC 9110, 14.1.1). */
    static boolean isRange(String spec) {
        Matcher range = SPEC.matcher(spec);
        return range.matches()
                && !spec.equals("-")
                && (range.group(1).isEmpty()
                        || range.group(2).isEmpty()
                        || number(range.group(1)) <= number(range.group(2)));
    }

    /** The bytes of what {@link #isRange is a range}. @throws RegistryException.RangeNotSatisfiable if nothing of it is there */
    static ByteRange single(String spec, long size) {
        return find(spec, size).orElseThrow(() -> new RegistryException.RangeNotSatisfiable(size));
    }

    /** The same; empty if nothing of it is there. */
    static Optional<ByteRange> find(String spec, long size) {
        int dash = spec.indexOf('-');
        String first = spec.substring(0, dash);
        String last = spec.substring(dash + 1);
        return first.isEmpty() ? suffix(number(last), size) : slice(first, last, size);
    }

    private static Optional<ByteRange> suffix(long length, long size) {
        return part(Math.max(0, size - length), size, size);
    }

    private static Optional<ByteRange> slice(String first, String last, long size) {
        long from = number(first);
        long to = last.isEmpty() ? size : Math.min(number(last), size - 1) + 1;
        return part(from, to, size);
    }

    private static Optional<ByteRange> part(long from, long to, long size) {
        return from < to ? Optional.of(new ByteRange(from, to, size, true)) : Optional.empty();
    }

    /** A number of any length; what does not fit is larger than any blob. */
    private static long number(String digits) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > 18 ? Long.MAX_VALUE : Long.parseLong(significant);
    }

    @Override
    public long length() {
        return to - from;
    }

    @Override
    public String range() {
        return partial ? from + "-" + (to - 1) : "";
    }

    /** As in {@code Content-Range}. */
    String contentRange() {
        return "bytes " + from + "-" + (to - 1) + "/" + size;
    }
}
