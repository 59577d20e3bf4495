package io.entrepot.server.upstream;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code Content-Range: bytes first-last/size} (RFC 9110, 14.4); the size must be known. */
record ContentRange(long first, long last, long size) {

    private static final Pattern GRAMMAR =
            Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", Pattern.CASE_INSENSITIVE);

    /** Empty if it is another unit, an unknown size, or a range that no content of that size has. */
    static Optional<ContentRange> parse(String text) {
        Matcher matcher = GRAMMAR.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        ContentRange range = new ContentRange(
                Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)));
        return range.first <= range.last && range.last < range.size ? Optional.of(range) : Optional.empty();
    }

    long length() {
        return last - first + 1;
    }

    @Override
    public String toString() {
        return "bytes " + first + "-" + last + "/" + size;
    }
}
