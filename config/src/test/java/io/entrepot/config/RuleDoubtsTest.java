package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a rule can match nothing is said, and no mistake: the mirror starts with it. */
class RuleDoubtsTest {

    private static final String NOBODY = "nobody can prove who they are, so that it matches nobody (expected: ";
    private static final String IDENTITY = "access.client-ca, htpasswd, issuers or nodes";

    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "registries: [quay.io] | registries: quay.io is no upstream, so that it matches nothing (expected: one of"
                        + " docker.io, registry.corp:5000)",
                "registries: ['*.corp'] | registries: *.corp is no upstream, so that it matches nothing (expected: one of"
                        + " docker.io, registry.corp:5000)",
                "registries: [dokcer.io] | registries: dokcer.io is no upstream, so that it matches nothing (did you mean"
                        + " docker.io?)",
                "repositories: ['dokcer.io/library/*'] | repositories: dokcer.io/library/* begins with no upstream, so that"
                        + " it matches nothing (did you mean docker.io?)",
                "repositories: ['library/*'] | repositories: library/* begins with no upstream, so that it matches nothing"
                        + " (expected: registry/path, as in docker.io/library/*)",
            })
    void namesOfWhichThereIsNoUpstream(String match, String said) throws Exception {
        assertThat(doubts(match, "{}")).containsExactly("mirror.yaml:5: policy.rules[0].match." + said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "users: [ann] | users | {} | " + IDENTITY,
                "groups: [ops] | groups | {} | " + IDENTITY + ", or access.groups with networks",
                "namespaces: ['prod-*'] | namespaces | {} | access.issuers",
                "service-accounts: ['prod/web'] | service-accounts | { nodes: true } | access.issuers",
            })
    void peopleOfWhomNobodyCanBeOne(String match, String key, String access, String expected) throws Exception {
        assertThat(doubts(match, access))
                .containsExactly("mirror.yaml:5: policy.rules[0].match." + key + ": " + NOBODY + expected + ")");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "registries: [docker.io, '*.corp:5000'] | {}",
                "repositories: ['docker.io/**', '**/nginx', 'registry.corp:5000/a/*'] | {}",
                "networks: [10.0.0.0/8] | {}",
                "users: [ann], groups: [ops] | { nodes: true }",
                "groups: [ops] | { groups: { ops: { networks: [10.0.0.0/8] } } }",
                "namespaces: [prod], users: [ann] | { issuers: [ { issuer: i, audience: [a], algorithms: [RS256],"
                        + " jwks: 'https://i.corp/keys' } ] }",
            })
    void nothingOfWhatCanMatch(String match, String access) throws Exception {
        assertThat(doubts(match, access)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"registries: [a.corp]", "repositories: ['a.corp/**', '*.corp/a']"})
    void nothingOfWhatAPatternMayBring(String match) throws Exception {
        assertThat(said("upstreams: { '*.corp': {} }\npolicy: { rules: [ { name: a, match: { " + match
                        + " }, deny: no } ] }"))
                .isEmpty();
    }

    @Test
    void nothingOfARuleThatIsOff() throws Exception {
        assertThat(said("policy: { rules: [ { name: a, mode: off, match: { registries: [a.corp] }, deny: '' } ] }"))
                .isEmpty();
    }

    @Test
    void aRefusalWithoutWords() throws Exception {
        assertThat(said("policy: { rules: [ { name: a, match: { tags: [a] }, deny: '' } ] }"))
                .containsExactly(
                        "mirror.yaml:1: policy.rules[0].deny: no words (expected: what a refused person is to read)");
    }

    @Test
    void rulesOfTheDirectoryWithTheirFile() throws Exception {
        Path file = Files.writeString(
                dir.resolve("a.yaml"), "rules:\n  - { name: a, match: { registries: [a.corp] }, deny: no }\n");

        assertThat(said("policy: { directory: '" + dir + "' }"))
                .singleElement()
                .asString()
                .startsWith(file + ":2: rules[0].match.registries: a.corp is no upstream");
    }

    /** Of the first rule nothing is left that it speaks of: that the second is not reached would be a second mistake. */
    @Test
    void aRuleThatIsNotUnderstoodHidesNoOther() {
        String rules = "policy:\n  rules:\n    - { name: a, match: { repositoris: ['docker.io/**'] }, deny: no }\n"
                + "    - { name: b, match: { tags: [a] }, deny: no }\n";

        assertThatThrownBy(() -> ConfigLoader.parse("mirror.yaml", rules, Map.of()))
                .hasMessage(
                        "mirror.yaml:3: policy.rules[0].match.repositoris: unknown key (did you mean repositories?)");
    }

    private static List<String> doubts(String match, String access) throws ConfigException {
        return said("upstreams: { docker.io: {}, 'registry.corp:5000': {} }\naccess: " + access
                + "\npolicy:\n  rules:\n" + "    - { name: a, match: { " + match + " }, deny: no }");
    }

    private static List<String> said(String text) throws ConfigException {
        return ConfigLoader.check("mirror.yaml", text, Secrets.of(Map.of())).doubts().stream()
                .map(ConfigProblem::toString)
                .toList();
    }
}
