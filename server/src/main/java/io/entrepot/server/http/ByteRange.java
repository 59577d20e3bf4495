package io.entrepot.server.http;

import io.entrepot.oci.RegistryException;
import java.util.Optional;

/**
 * The bytes {@code from} to {@code to} (exclusive) of a blob of {@code size}, and whether they are sent as a part (206). A
 * range is honoured to its end, never clipped.
 */
record ByteRange(long from, long to, long size, boolean partial) implements Selected {

    static final String UNIT = "bytes=";

    static ByteRange whole(long size) {
        return new ByteRange(0, size, size, false);
    }

    /** {@code 0-9}, {@code 5-} or {@code -5}. @throws RegistryException.RangeNotSatisfiable if nothing of it is there */
    static ByteRange single(String spec, long size) {
        return find(spec, size).orElseThrow(() -> new RegistryException.RangeNotSatisfiable(size));
    }

    /** The same; empty if nothing of it is there. @throws RegistryException.RangeNotSatisfiable if it says no range */
    static Optional<ByteRange> find(String spec, long size) {
        int dash = spec.indexOf('-');
        if (dash < 0) {
            throw new RegistryException.RangeNotSatisfiable(size);
        }
        String first = spec.substring(0, dash);
        String last = spec.substring(dash + 1);
        return first.isEmpty() ? suffix(number(last, size), size) : slice(first, last, size);
    }

    private static Optional<ByteRange> suffix(long length, long size) {
        return part(Math.max(0, size - length), size, size);
    }

    private static Optional<ByteRange> slice(String first, String last, long size) {
        long from = number(first, size);
        long to = last.isEmpty() ? size : Math.min(number(last, size), size - 1) + 1;
        return part(from, to, size);
    }

    private static Optional<ByteRange> part(long from, long to, long size) {
        return from < to ? Optional.of(new ByteRange(from, to, size, true)) : Optional.empty();
    }

    /** A number of any length; what does not fit is larger than any blob. */
    private static long number(String digits, long size) {
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new RegistryException.RangeNotSatisfiable(size);
        }
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > 18 ? Long.MAX_VALUE : Long.parseLong(significant);
    }

    @Override
    public long length() {
        return to - from;
    }

    /** As in {@code Content-Range}. */
    String contentRange() {
        return "bytes " + from + "-" + (to - 1) + "/" + size;
    }
}
