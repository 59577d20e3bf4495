package io.entrepot.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "docker.io/library/*, docker.io/library/alpine, true",
        "docker.io/library/*, docker.io/library/a/b, false",
        "docker.io/**, docker.io/library/a/b, true",
        "docker.io/**, docker.iox/library, false",
        "**, anything/at/all, true",
        "**/alpine, docker.io/library/alpine, true",
        "**/alpine, docker.io/library/alpine2, false",
        "ghcr.io/*/app-*, ghcr.io/acme/app-1, true",
        "ghcr.io/*/app-*, ghcr.io/acme/x/app-1, false",
        "**/x/*/y, a/x/b/x/c/y, true",
        "**/x/*/y, a/x/b/x/c/d/y, false",
        "*.*.*, 1.2.3, true",
        "*.*.*, 1.2, false",
        "v*, v, true",
        "latest, latest, true",
        "latest, latest2, false",
        "a**b, a/x/b, true",
    })
    void matchesAsPeopleExpect(String pattern, String text, boolean expected) {
        assertThat(new Glob(pattern).matches(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 513})
    void hasOneTo512Characters(int length) {
        assertThatThrownBy(() -> new Glob("a".repeat(length)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("(expected: 1 to 512 characters)");
    }

    /** A matcher that recurses at each star would not come back from this. */
    @Test
    void isNotLedAstrayByManyStars() {
        assertThat(new Glob("*a".repeat(100) + "b").matches("a".repeat(255))).isFalse();
        assertThat(new Glob("**a".repeat(100) + "b").matches("a".repeat(255))).isFalse();
        assertThat(new Glob("**/*".repeat(100) + "b").matches("a/".repeat(127))).isFalse();
    }

    @Property(tries = 5000)
    void agreesWithTheRegularExpressionThatItStandsFor(
            @ForAll("patterns") String pattern, @ForAll("texts") String text) {
        String regex = pattern.replace("**", "\u0000").replace("*", "[^/]*").replace("\u0000", ".*");

        assertThat(new Glob(pattern).matches(text)).isEqualTo(text.matches(regex));
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.of("a", "b", "/", "*", "**")
                .list()
                .ofMinSize(1)
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("ab/").ofMaxLength(10);
    }
}
