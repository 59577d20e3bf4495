package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong in the section {@code access}, with its line. */
class AccessMistakesTest {

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "htpasswd: /no/where | 1: access.htpasswd: /no/where cannot be read: it does not exist",
                "client-ca: /no/where | 1: access.client-ca: /no/where cannot be read: it does not exist",
                "tokens: { lifetime: 6m } | 1: access.tokens.lifetime: 6m (expected: 60s to 5m)",
                "tokens: { lifetime: 1s } | 1: access.tokens.lifetime: 1s (expected: 60s to 5m)",
                "tokens: { life: 1m } | 1: access.tokens.life: unknown key (expected: lifetime)",
                "groups: { ops: } | 1: access.groups.ops: nobody is in it (expected: users or networks)",
                "groups: { ops: { networks: [a] } } | 1: access.groups.ops.networks: a (expected: a network, as in"
                        + " 10.0.0.0/8 or fd00::/8)",
                "rights: [{ read: [] }] | 1: access.rights[0]: no repositories (expected: globs over registry/path, as"
                        + " in ghcr.io/acme/**)",
                "rights: [{ repositories: [a] }] | 1: access.rights[0]: no read (expected: who may, as in"
                        + " [{ groups: [team-a] }], or [] for nobody)",
                "rights: [{ repositories: [a], read: [{}] }] | 1: access.rights[0].read[0]: names nobody (expected:"
                        + " users, groups, networks, namespaces or service-accounts)",
                "nodes: true, rights: [{ repositories: [a], read: [{ service-accounts: [a] }] }] | 1:"
                        + " access.rights[0].read[0].service-accounts: a (expected: namespace/name, as in prod/builder"
                        + " or prod/*)",
                "rights: [{ repositories: [a], read: [{ users: [a] }] }] | 1: access.rights: nobody can prove who they"
                        + " are (expected: client-ca, htpasswd, issuers or nodes beside it)",
            })
    void areToldInOneLine(String access, String problem) {
        assertThat(problems("access: { " + access + " }")).isEqualTo("mirror.yaml:" + problem);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "HS256 | RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA",
                "none | RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA",
            })
    void takesNoAlgorithmWithoutAKeyOfItsOwn(String algorithm, String known) {
        assertThat(problems("access: { issuers: [{ issuer: a, audience: [b], algorithms: [" + algorithm
                        + "], jwks: \"https://a\" }] }"))
                .isEqualTo("mirror.yaml:1: access.issuers[0].algorithms: " + algorithm + " (expected: one of " + known
                        + ")");
    }

    @ParameterizedTest
    @CsvSource({"http://a/keys", "https://u:p@a/keys", "https:///keys", "https://a/keys#1", "ftp://a"})
    void takesKeysFromNowhereThatAnybodyOnTheWayCouldName(String jwks) {
        assertThat(problems("access: { issuers: [{ issuer: a, audience: [b], algorithms: [RS256], jwks: \"" + jwks
                        + "\" }] }"))
                .contains("access.issuers[0].jwks: ")
                .endsWith("(expected: an https address, or a file)")
                .doesNotContain("u:p");
    }

    @Test
    void tellsEverythingThatAnIssuerLacks() {
        assertThat(problems("access:\n  issuers:\n    - { user: a }"))
                .isEqualTo(String.join(
                        "\n",
                        "mirror.yaml:3: access.issuers[0]: no issuer (expected: the iss of its tokens, to the letter)",
                        "mirror.yaml:3: access.issuers[0]: no audience (expected: who its tokens must be meant for, as"
                                + " in [entrepot])",
                        "mirror.yaml:3: access.issuers[0]: no algorithms (expected: some of RS256, RS384, RS512, PS256,"
                                + " PS384, PS512, ES256, ES384, ES512, EdDSA)",
                        "mirror.yaml:3: access.issuers[0]: no jwks (expected: a file, or an https address)"));
    }

    @Test
    void takesEachIssuerOnce() {
        String issuer = "{ issuer: a, audience: [b], algorithms: [RS256], jwks: \"https://a\" }";
        assertThat(problems("access: { issuers: [" + issuer + ", " + issuer + "] }"))
                .isEqualTo("mirror.yaml:1: access.issuers[1].issuer: a stands here already (expected: once)");
    }

    private static String problems(String text) {
        return String.valueOf(
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse("mirror.yaml", text, Map.of()))
                        .getMessage());
    }
}
