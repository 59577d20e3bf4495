package io.entrepot.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {

    @ParameterizedTest
    @CsvSource({"1, 1.0.0", "1.2, 1.2.0", "v1.2.3, 1.2.3", "v1-rc.1, 1.0.0-rc.1", "0, 0.0.0", "1.2.3--, 1.2.3--"})
    void takesWhatIsLeftOutForNought(String tag, String whole) {
        assertThat(Version.of(tag)).isPresent().isEqualTo(Version.of(whole));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "v",
                "V1",
                "vv1",
                "latest",
                "1.",
                ".1",
                "1..2",
                "1.2.3.4",
                "01",
                "1.02",
                "1.2.03",
                "1-",
                "1-a..b",
                "1-a.",
                "1-a_b",
                "1+build",
                " 1",
                "1 ",
                "-1",
                "1.2.x",
                "\u0661",
                "1000000000000000000",
                "1\n"
            })
    void takesNothingElseForAVersion(String tag) {
        assertThat(Version.of(tag)).isEmpty();
    }

    /** Semantic Versioning 2.0.0, 11. */
    @Test
    void ordersAsTheSpecificationDoes() {
        List<String> ordered = List.of(
                "0.0.1",
                "0.9",
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-rc.1",
                "1.0.0",
                "1.0.1-1",
                "1.0.1-1.0",
                "1.0.1-2",
                "1.0.1-10",
                "1.0.1--",
                "1.0.1-A",
                "1.0.1-a",
                "1.2",
                "1.10",
                "2",
                "10",
                "999999999999999999");
        List<Version> versions = new ArrayList<>(
                ordered.stream().map(each -> Version.of(each).orElseThrow()).toList());
        List<Version> sorted = new ArrayList<>(versions);
        Collections.reverse(sorted);
        Collections.sort(sorted);

        assertThat(sorted).isEqualTo(versions);
    }

    @Property
    void comparesEitherWayTheSame(@ForAll("tags") String one, @ForAll("tags") String other) {
        Version left = Version.of(one).orElseThrow();
        Version right = Version.of(other).orElseThrow();

        assertThat(Integer.signum(left.compareTo(right))).isEqualTo(-Integer.signum(right.compareTo(left)));
        assertThat(Integer.signum(left.compareTo(right))).isEqualTo(Integer.signum(reference(one, other)));
    }

    @Property
    void anyTextIsAVersionOrNone(@ForAll String text) {
        Version.of(text)
                .ifPresent(version -> assertThat(version.compareTo(version)).isZero());
    }

    /** By the letter of the specification, on padded text. */
    static int reference(String one, String other) {
        return key(one).compareTo(key(other));
    }

    /** Text that sorts as the version does: numbers padded, a release behind every pre-release of it. */
    private static String key(String tag) {
        String plain = tag.startsWith("v") ? tag.substring(1) : tag;
        int hyphen = plain.indexOf('-');
        String[] numbers = (hyphen < 0 ? plain : plain.substring(0, hyphen)).split("\\.");
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            key.append(padded(i < numbers.length ? numbers[i] : "0"));
        }
        if (hyphen < 0) {
            return key.append('~').toString();
        }
        Arrays.stream(plain.substring(hyphen + 1).split("\\.", -1))
                .map(part -> part.matches("[0-9]+") ? "\u0001" + padded(part) : "\u0002" + part)
                .forEach(part -> key.append(part).append('\u0000'));
        return key.toString();
    }

    private static String padded(String number) {
        return "0".repeat(20 - number.length()) + number;
    }

    @Provide
    Arbitrary<String> tags() {
        return arbitrary();
    }

    static Arbitrary<String> arbitrary() {
        Arbitrary<String> number = Arbitraries.of("0", "1", "2", "9", "10", "123456789012345678");
        Arbitrary<String> release = number.list().ofMinSize(1).ofMaxSize(3).map(all -> String.join(".", all));
        Arbitrary<String> part = Arbitraries.of("0", "1", "2", "10", "a", "b", "ab", "rc", "A", "-");
        Arbitrary<String> pre = Arbitraries.oneOf(
                Arbitraries.just(""), part.list().ofMinSize(1).ofMaxSize(3).map(all -> "-" + String.join(".", all)));
        return Combinators.combine(Arbitraries.of("", "v"), release, pre).as((v, one, two) -> v + one + two);
    }
}
