package io.entrepot.loadtest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Header lines in their order; names are compared without case. */
public record Headers(List<Line> lines) {

    /** One header line. */
    public record Line(String name, String value) {
        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    /** No header at all. */
    public static final Headers NONE = new Headers(List.of());

    public Headers {
        lines = List.copyOf(lines);
    }

    /** The value of the first line of this name. */
    public Optional<String> first(String name) {
        return lines.stream().filter(line -> line.is(name)).map(Line::value).findFirst();
    }

    /** The values of all lines of this name. */
    public List<String> all(String name) {
        return lines.stream().filter(line -> line.is(name)).map(Line::value).toList();
    }

    /** True if a line of this name is there. */
    public boolean has(String name) {
        return lines.stream().anyMatch(line -> line.is(name));
    }

    /** These lines and one more. */
    public Headers plus(String name, String value) {
        return new Headers(
                Stream.concat(lines.stream(), Stream.of(new Line(name, value))).toList());
    }

    /** These lines with one value for this name. */
    public Headers with(String name, String value) {
        return without(name).plus(name, value);
    }

    /** These lines without those of this name. */
    public Headers without(String name) {
        return new Headers(lines.stream().filter(line -> !line.is(name)).toList());
    }

    /** Parses header lines, as in {@code Range: bytes=0-}. */
    public static Headers of(String... lines) {
        List<Line> parsed = new ArrayList<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new IllegalArgumentException("header: " + line + " (expected: name: value)");
            }
            parsed.add(
                    new Line(line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return new Headers(parsed);
    }
}
