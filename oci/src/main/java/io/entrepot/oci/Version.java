package io.entrepot.oci;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A version as tags have it (Semantic Versioning 2.0.0, with what people leave out): {@code 1}, {@code 1.2}, {@code v1.2.3},
 * {@code 1.2.3-rc.1}. What is left out is 0; a leading {@code v} means nothing; tags have no {@code +}, so no build either.
 *
 * @param preRelease the dot-separated parts behind the hyphen; empty for a release
 */
public record Version(long major, long minor, long patch, List<String> preRelease) implements Comparable<Version> {

    private static final Pattern GRAMMAR =
            Pattern.compile("v?(0|[1-9][0-9]{0,17})(?:\\.(0|[1-9][0-9]{0,17}))?(?:\\.(0|[1-9][0-9]{0,17}))?"
                    + "(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?");

    public Version {
        preRelease = List.copyOf(preRelease);
    }

    /** The version that a tag is; empty if it is none. */
    public static Optional<Version> of(String tag) {
        Matcher parts = GRAMMAR.matcher(tag);
        return parts.matches()
                ? Optional.of(new Version(
                        number(parts.group(1)),
                        number(parts.group(2)),
                        number(parts.group(3)),
                        parts.group(4) == null
                                ? List.of()
                                : List.of(parts.group(4).split("\\.", -1))))
                : Optional.empty();
    }

    private static long number(@Nullable String text) {
        return text == null ? 0 : Long.parseLong(text);
    }

    /** Whether it comes before its release. */
    public boolean isPreRelease() {
        return !preRelease.isEmpty();
    }

    /** By precedence (Semantic Versioning, 11). */
    @Override
    public int compareTo(Version other) {
        int release = Long.compare(major, other.major);
        release = release != 0 ? release : Long.compare(minor, other.minor);
        release = release != 0 ? release : Long.compare(patch, other.patch);
        if (release != 0) {
            return release;
        }
        if (isPreRelease() != other.isPreRelease()) {
            return isPreRelease() ? -1 : 1;
        }
        return compare(preRelease, other.preRelease);
    }

    private static int compare(List<String> mine, List<String> theirs) {
        for (int i = 0; i < Math.min(mine.size(), theirs.size()); i++) {
            int part = compare(mine.get(i), theirs.get(i));
            if (part != 0) {
                return part;
            }
        }
        return Integer.compare(mine.size(), theirs.size());
    }

    private static int compare(String mine, String theirs) {
        boolean number = isNumber(mine);
        if (number != isNumber(theirs)) {
            return number ? -1 : 1;
        }
        return number ? new BigInteger(mine).compareTo(new BigInteger(theirs)) : mine.compareTo(theirs);
    }

    private static boolean isNumber(String part) {
        return part.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
