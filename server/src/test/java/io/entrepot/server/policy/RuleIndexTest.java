package io.entrepot.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.PolicyConfig;
import io.entrepot.config.PolicyRule;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Repository;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The index finds what trying every rule in order finds. */
class RuleIndexTest {

    @Property(edgeCases = EdgeCasesMode.NONE, tries = 3_000)
    void findsWhatTryingEveryRuleFinds(
            @ForAll("matches") List<String> matches, @ForAll("repository") String repository) {
        List<CompiledRule> rules = compiled(matches);
        Repository asked = repository(repository);

        assertThat(new RuleIndex(rules).find(asked))
                .containsExactlyElementsOf(
                        rules.stream().filter(rule -> !rule.fit(asked).isNo()).toList());
    }

    @Test
    void findsARuleOnceThoughItStandsAtManyPlacesOnTheWay() {
        List<CompiledRule> rules = compiled(List.of("repositories: [\"**\", \"a.io/**\", \"a.io/x/*\", a.io/x/y]"));

        assertThat(new RuleIndex(rules).find(repository("a.io/x/y"))).hasSize(1);
    }

    @Test
    void findsNothingWhereNothingIsSaid() {
        assertThat(new RuleIndex(List.of()).find(repository("a.io/x/y"))).isEmpty();
        assertThat(new RuleIndex(compiled(List.of("repositories: [a.io/x/y/z]"))).find(repository("a.io/x/y")))
                .isEmpty();
    }

    @Test
    void keepsTheOrderOfRulesWhicheverPlaceTheyStandAt() {
        List<CompiledRule> rules = compiled(
                List.of("repositories: [a.io/x/y]", "repositories: [\"**\"]", "registries: [a.io]", "tags: [latest]"));

        assertThat(new RuleIndex(rules).find(repository("a.io/x/y"))).containsExactlyElementsOf(rules);
    }

    private static Repository repository(String name) {
        return ImageRef.parse(name).repository();
    }

    private static List<CompiledRule> compiled(List<String> matches) {
        List<CompiledRule> compiled = new ArrayList<>();
        for (String match : matches) {
            PolicyConfig config = Made.config("rules: [ { name: r, match: { " + match + " }, allow: true } ]");
            PolicyRule rule = config.rules().get(0);
            compiled.add(new CompiledRule(rule, compiled.size(), Instant.MIN));
        }
        return compiled;
    }

    @Provide
    Arbitrary<List<String>> matches() {
        return match().list().ofMaxSize(8);
    }

    private static Arbitrary<String> match() {
        Arbitrary<String> registries = Arbitraries.of("a.io", "*.io", "*", "**", "b.corp:5000")
                .set()
                .ofMinSize(1)
                .ofMaxSize(2)
                .map(all -> "registries: [\"" + String.join("\", \"", all) + "\"]");
        Arbitrary<String> repositories = Arbitraries.of(
                        "**",
                        "**/y",
                        "a.io/**",
                        "a.io/x/**",
                        "a.io/x/*",
                        "a.io/x/y",
                        "a.io/*/y",
                        "*.io/x/y",
                        "a.io/x*/y",
                        "a.io/**/y",
                        "a.i**",
                        "b.corp:5000/y",
                        "b.corp:5000/*")
                .set()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(all -> "repositories: [\"" + String.join("\", \"", all) + "\"]");
        Arbitrary<String> both = Combinators.combine(registries, repositories).as((one, two) -> one + ", " + two);
        return Arbitraries.oneOf(registries, repositories, both, Arbitraries.just("tags: [latest]"));
    }

    @Provide
    Arbitrary<String> repository() {
        return Arbitraries.of(
                "a.io/x/y",
                "a.io/x",
                "a.io/y",
                "a.io/x/y/z",
                "a.io/xx/y",
                "b.corp:5000/y",
                "b.corp:5000/x/y",
                "c.net/y");
    }
}
