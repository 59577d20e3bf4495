package io.entrepot.server.http;

import io.entrepot.oci.Digest;
import io.entrepot.oci.RegistryException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What of a blob is sent (RFC 9110, 14): all of it, one range, or several as parts of one body.
 *
 * <p>What is not understood as a range is ignored, as if it were not there (14.2); a range that is one, but has nothing in
 * it, is refused.
 */
sealed interface Selected permits ByteRange, ByteRanges {

    Pattern COMMA = Pattern.compile(",");

    /** The length of the body. */
    long length();

    /** Whether it is sent as a 206. */
    boolean partial();

    /** What is sent, as {@code 0-99,200-299}; empty: all of it. */
    String range();

    /** What a GET asks for. @throws RegistryException.RangeNotSatisfiable if nothing of it is there */
    static Selected of(RequestHead head, Digest digest, long size) {
        String range = head.value("Range");
        if (range.isEmpty()
                || head.isHead()
                || head.count("Range") > 1
                || !range.toLowerCase(Locale.ROOT).startsWith(ByteRange.UNIT)
                || !ifRange(head.value("If-Range"), digest)) {
            return ByteRange.whole(size);
        }
        List<String> specs = specs(range.substring(ByteRange.UNIT.length()));
        if (specs.isEmpty() || !specs.stream().allMatch(ByteRange::isRange)) {
            return ByteRange.whole(size);
        }
        return specs.size() == 1 ? ByteRange.single(specs.get(0), size) : several(specs, size);
    }

    /** The elements of a list; empty ones do not count (5.6.1.2). */
    private static List<String> specs(String list) {
        return COMMA.splitAsStream(list)
                .map(String::strip)
                .filter(spec -> !spec.isEmpty())
                .toList();
    }

    private static boolean ifRange(String validator, Digest digest) {
        return validator.isEmpty() || validator.equals("\"" + digest + "\"");
    }

    private static Selected several(List<String> specs, long size) {
        if (specs.size() > ByteRanges.MOST) {
            throw new RegistryException.BadRequest(
                    400, specs.size() + " ranges in one request (expected: at most " + ByteRanges.MOST + ")");
        }
        List<ByteRange> parts = specs.stream()
                .flatMap(spec -> ByteRange.find(spec, size).stream())
                .toList();
        if (parts.isEmpty()) {
            throw new RegistryException.RangeNotSatisfiable(size);
        }
        long sum = parts.stream().mapToLong(ByteRange::length).sum();
        // ranges that overlap so much are no chunks that somebody is missing
        return sum > size ? ByteRange.whole(size) : new ByteRanges(parts);
    }
}
