package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which records can have certain values, by a look at their text. Whole values are looked for, in quotes; where anything is
 * escaped in a record, any value may be.
 */
record Needles(List<String> quoted) implements Predicate<byte[]> {

    static final Needles NONE = new Needles(List.of());

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9:._@+-]+");

    Needles {
        quoted = List.copyOf(quoted);
    }

    /** Of values that must all be there; those that could be written in several ways are not looked for. */
    static Needles of(List<String> values) {
        return new Needles(values.stream()
                .filter(value -> PLAIN.matcher(value).matches())
                .map(value -> '"' + value + '"')
                .toList());
    }

    @Override
    public boolean test(byte[] record) {
        if (quoted.isEmpty()) {
            return true;
        }
        String text = new String(record, ISO_8859_1);
        return quoted.stream().allMatch(text::contains) || text.indexOf('\\') >= 0;
    }
}
