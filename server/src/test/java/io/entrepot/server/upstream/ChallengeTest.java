package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ChallengeTest {

    @Test
    void readsWhatDockerHubSays() {
        assertThat(parse("Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                        + "scope=\"repository:library/alpine:pull\""))
                .containsExactly(new Challenge(
                        "bearer",
                        Map.of(
                                "realm", "https://auth.docker.io/token",
                                "service", "registry.docker.io",
                                "scope", "repository:library/alpine:pull")));
    }

    @Test
    void keepsCommasInQuotes() {
        assertThat(parse("Bearer realm=\"https://r/t\",scope=\"repository:a:pull,push\",service=\"s\""))
                .containsExactly(new Challenge(
                        "bearer", Map.of("realm", "https://r/t", "scope", "repository:a:pull,push", "service", "s")));
    }

    @Test
    void takesValuesWithoutQuotes() {
        assertThat(parse("Bearer realm=https://quay.io/v2/auth,service=quay.io"))
                .containsExactly(
                        new Challenge("bearer", Map.of("realm", "https://quay.io/v2/auth", "service", "quay.io")));
    }

    @Test
    void losesNothingBehindAnUnquotedScopeWithACommaInIt() {
        List<Challenge> challenges = parse("Bearer scope=repository:a:pull,push,realm=\"https://r/t\"");

        assertThat(challenges)
                .filteredOn(one -> one.scheme().equals("bearer"))
                .singleElement()
                .satisfies(bearer -> assertThat(bearer.parameter("realm")).contains("https://r/t"));
    }

    @Test
    void keepsTheQueryOfARealm() {
        assertThat(parse("Bearer realm=https://r/t?account=x&a=b,service=s")
                        .get(0)
                        .parameter("realm"))
                .contains("https://r/t?account=x&a=b");
    }

    @Test
    void tellsSeveralChallengesInOneHeaderApart() {
        assertThat(parse("Negotiate, Basic realm=\"a, b\", Bearer realm=\"https://r/t\", service=\"s\""))
                .containsExactly(
                        new Challenge("negotiate", Map.of()),
                        new Challenge("basic", Map.of("realm", "a, b")),
                        new Challenge("bearer", Map.of("realm", "https://r/t", "service", "s")));
    }

    @Test
    void readsSeveralHeaders() {
        assertThat(Challenge.parse(List.of("Basic realm=\"x\"", "Bearer realm=\"https://r/t\"")))
                .extracting(Challenge::scheme)
                .containsExactly("basic", "bearer");
    }

    @Test
    void takesAnyCaseOfSchemesAndNames() {
        assertThat(parse("BEARER Realm=\"https://r/t\""))
                .containsExactly(new Challenge("bearer", Map.of("realm", "https://r/t")));
    }

    @Test
    void takesSpaceAroundTheEqualsSign() {
        assertThat(parse("Bearer realm = \"https://r/t\" , service = s"))
                .containsExactly(new Challenge("bearer", Map.of("realm", "https://r/t", "service", "s")));
    }

    @Test
    void undoesEscapesInQuotes() {
        assertThat(parse("Basic realm=\"a \\\"b\\\" \\\\c\"").get(0).parameter("realm"))
                .contains("a \"b\" \\c");
    }

    @Test
    void keepsTheFirstOfTwoEqualNames() {
        assertThat(parse("Bearer realm=\"https://good/t\",realm=\"https://evil/t\"")
                        .get(0)
                        .parameter("realm"))
                .contains("https://good/t");
    }

    @Test
    void readsAQuoteThatDoesNotEnd() {
        assertThat(parse("Bearer realm=\"https://r/t"))
                .containsExactly(new Challenge("bearer", Map.of("realm", "https://r/t")));
    }

    @Test
    void findsNothingInNothing() {
        assertThat(parse("")).isEmpty();
        assertThat(parse(" , ,")).isEmpty();
    }

    @Property
    void readsWhatWasWritten(@ForAll("parameters") Map<String, String> parameters) {
        String header = "Bearer "
                + parameters.entrySet().stream()
                        .map(each -> each.getKey() + "=\""
                                + each.getValue().replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                        .collect(Collectors.joining(", "));

        assertThat(parse(header)).containsExactly(new Challenge("bearer", parameters));
    }

    @Property
    void endsOnAnything(@ForAll("junk") String header) {
        assertThat(parse(header))
                .allSatisfy(challenge -> assertThat(challenge.scheme()).isNotEmpty());
    }

    @Provide
    Arbitrary<Map<String, String>> parameters() {
        Arbitrary<String> name =
                Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(8);
        Arbitrary<String> value = Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(40);
        return Arbitraries.maps(name, value).ofMinSize(1).ofMaxSize(5);
    }

    @Provide
    Arbitrary<String> junk() {
        return Arbitraries.strings()
                .withChars(" \t,=\"\\Bearer:/")
                .withCharRange(' ', '\u00ff')
                .ofMaxLength(60);
    }

    private static List<Challenge> parse(String header) {
        return Challenge.parse(List.of(header));
    }
}
