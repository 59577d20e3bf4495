package io.entrepot.server.http;

import io.entrepot.oci.Digest;
import io.entrepot.oci.RegistryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What of a blob is sent (RFC 9110, 14): all of it, one range, or several as parts of one body.
 *
 * <p>What cannot be right is refused, not ignored: containerd takes a 200 to the range of a later chunk for that chunk.
 */
sealed interface Selected permits ByteRange, ByteRanges {

    Pattern COMMA = Pattern.compile(",");

    /** The length of the body. */
    long length();

    /** Whether it is sent as a 206. */
    boolean partial();

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
        String specs = range.substring(ByteRange.UNIT.length());
        return specs.indexOf(',') < 0 ? ByteRange.single(specs.strip(), size) : several(specs, size);
    }

    private static boolean ifRange(String validator, Digest digest) {
        return validator.isEmpty() || validator.equals("\"" + digest + "\"");
    }

    private static Selected several(String list, long size) {
        String[] specs = COMMA.split(list, -1);
        if (specs.length > ByteRanges.MOST) {
            throw new RegistryException.BadRequest(
                    400, specs.length + " ranges in one request (expected: at most " + ByteRanges.MOST + ")");
        }
        List<ByteRange> parts = new ArrayList<>();
        for (String spec : specs) {
            ByteRange.find(spec.strip(), size).ifPresent(parts::add);
        }
        if (parts.isEmpty()) {
            throw new RegistryException.RangeNotSatisfiable(size);
        }
        long sum = parts.stream().mapToLong(ByteRange::length).sum();
        // ranges that overlap so much are no chunks that somebody is missing
        return sum > size ? ByteRange.whole(size) : new ByteRanges(parts);
    }
}
