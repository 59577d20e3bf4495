package io.entrepot.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;

/** What every parser owes to any text. */
final class Refusal {

    private Refusal() {}

    /** Either a value whose own text is read as the same value again, or an IllegalArgumentException that says what was expected. */
    static void orSame(String text, Function<String, ?> parse) {
        Object value;
        try {
            value = parse.apply(text);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("(expected: ");
            return;
        }
        assertThat(parse.apply(value.toString())).isEqualTo(value);
    }
}
