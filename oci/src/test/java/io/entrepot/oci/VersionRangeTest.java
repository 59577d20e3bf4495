package io.entrepot.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionRangeTest {

    @ParameterizedTest
    @CsvSource({
        ">=1.2 <2, 1.2.0, true",
        ">=1.2 <2, 1.10, true",
        ">=1.2 <2, v1.2, true",
        ">=1.2 <2, 2.0.0, false",
        ">=1.2 <2, 1.1.9, false",
        ">=1.2 <2, 2.0.0-rc.1, false",
        ">=1.2 <2, 1.5.0-rc.1, false",
        ">=1.2 <2, latest, false",
        ">=1.2 <2, 1.2.3.4, false",
        ">=1.2.0-rc.1 <2, 1.2.0-rc.2, true",
        ">=1.2.0-rc.1 <2, 1.2.0-beta, false",
        ">=1.2.0-rc.1 <2, 1.2.1-rc.2, false",
        ">1 <=1.5, 1.0, false",
        ">1 <=1.5, 1.5.0, true",
        "=1.4.0, v1.4, true",
        "=1.4.0, 1.4.0-rc.1, false",
        "=1.4.0-rc.1, 1.4.0-rc.1, true",
        ">=2 <1, 1.5, false",
        ">=1, 20240101, true",
    })
    void containsWhatPeopleExpect(String range, String tag, boolean expected) {
        assertThat(VersionRange.parse(range).contains(tag)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1.2",
                "<",
                ">=",
                "==1",
                "=<1",
                "<>1",
                "=>1",
                "~1.2",
                "^1",
                ">=1,<2",
                ">=1 2",
                ">= 1",
                ">=1.x",
                ">=1 ||" + " <2",
                "!=1"
            })
    void refusesWhatIsNone(String range) {
        assertThatThrownBy(() -> VersionRange.parse(range))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("versions: ")
                .hasMessageEndingWith("(expected: bounds with blanks between them, as in \">=1.2 <2\")");
    }

    @Property(tries = 5_000)
    void agreesWithAReference(@ForAll("bounds") List<String> bounds, @ForAll("tags") String tag) {
        boolean within = bounds.stream().allMatch(bound -> holds(bound, tag));
        boolean named = !tag.contains("-")
                || bounds.stream().anyMatch(bound -> bound.contains("-") && release(version(bound)) == release(tag));

        assertThat(VersionRange.parse(String.join(" ", bounds)).contains(tag)).isEqualTo(within && named);
    }

    @Property
    void anyTextIsARangeOrRefused(@ForAll String text) {
        try {
            assertThat(VersionRange.parse(text).bounds()).isNotEmpty();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("versions: ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        ">=2 <1, true",
        ">1 <1, true",
        ">=1 <1, true",
        ">1 <=1, true",
        "=1 =2, true",
        ">=1 <=1, false",
        "=1 =1.0, false",
        ">=1.0.0-rc.1 <1, false",
        "<1 <2, false",
        ">1 >=2, false",
        "=2 <2 >=1, true"
    })
    void knowsWhenNothingCanLieWithinIt(String range, boolean empty) {
        assertThat(VersionRange.parse(range).isEmpty()).isEqualTo(empty);
    }

    @Property(tries = 2_000)
    void whatIsEmptyContainsNothing(@ForAll("bounds") List<String> bounds, @ForAll("tags") String tag) {
        VersionRange range = VersionRange.parse(String.join(" ", bounds));

        assertThat(range.isEmpty() && range.contains(tag)).isFalse();
    }

    private static boolean holds(String bound, String tag) {
        int order = VersionTest.reference(tag, version(bound));
        return switch (bound.replaceAll("[^<>=].*", "")) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case "=" -> order == 0;
            case ">=" -> order >= 0;
            default -> order > 0;
        };
    }

    private static String version(String bound) {
        return bound.replaceFirst("[<>=]+", "");
    }

    /** Where the release stands among those that can come here: {@code major*100 + minor*10 + patch}. */
    private static int release(String tag) {
        String[] parts = tag.replaceFirst("^v", "").replaceFirst("-.*", "").split("\\.");
        int place = 0;
        for (int i = 0; i < 3; i++) {
            place = place * 10 + (i < parts.length ? Integer.parseInt(parts[i]) : 0);
        }
        return place;
    }

    @Provide
    Arbitrary<List<String>> bounds() {
        return Combinators.combine(Arbitraries.of("<", "<=", "=", ">=", ">"), tags())
                .as((sign, version) -> sign + version)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    @Provide
    Arbitrary<String> tags() {
        Arbitrary<String> release =
                Arbitraries.of("0", "1", "2").list().ofMinSize(1).ofMaxSize(3).map(all -> String.join(".", all));
        return Combinators.combine(Arbitraries.of("", "v"), release, Arbitraries.of("", "", "-rc.1", "-rc.2", "-1"))
                .as((v, one, two) -> v + one + two);
    }
}
