package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong in the section {@code policy}, with its line. */
class PolicyMistakesTest {

    private static final String DIGEST = "sha256:" + "a".repeat(64);

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            allow: false | .allow: false (expected: true, or deny with a message)
            allow: yes | .allow: yes (expected: true or false) && .allow: false (expected: true, or deny with a message)
            allow: true, deny: no | : allow and deny together (expected: exactly one of allow, deny and require)
            mode: on, deny: no | .mode: on (expected: enforce or warn or off)
            deny: "{user} may not" | .deny: {user} may not (expected: no placeholder but {image} and {rule})
            allow: true, message: x | .message: without require (expected: the words of a deny beside deny itself)
            allow: true, link: "https://a" | .link: on a rule that refuses nothing (expected: beside deny or require)
            deny: x, link: "ftp://a" | .link: ftp://a (expected: an https address)
            deny: x, link: "https://u:p@a/" | .link: an address with an @ in it, perhaps a password (expected: none)
            deny: x, message: y | .message: without require (expected: the words of a deny beside deny itself)
            require: {} | .require: asks nothing (expected: a requirement, or allow: true in its place)
            require: { baseline: 1h } | .require.baseline: without min-age (expected: beside it)
            require: { baseline: 1h, digest: true } | .require.baseline: without min-age (expected: beside it)
            require: { min-age: 3 days } | .require.min-age: 3 days (expected: a duration, as in 500ms, 30s, 5m, 6h, 7d, at most 3650d)
            require: { min-age: -1h } | .require.min-age: -1h (expected: a duration, as in 500ms, 30s, 5m, 6h, 7d, at most 3650d)
            require: { platforms: [] } | .require.platforms: an empty list (expected: at least one, or the key left out, which means any)
            require: { platforms: [linux] } | .require.platforms: platform: linux (expected: os/architecture[/variant], as in linux/arm64 or windows(10.0.17763)/amd64)
            require: { max-size: big } | .require.max-size: big (expected: a size in B, KiB, MiB, GiB, TiB, KB, MB, GB or TB, as in 512MiB)
            require: { max-size: 0 } | .require.max-size: 0 (expected: more than 0, or unlimited)
            require: { media-types: [""] } | .require.media-types: empty (expected: some text)
            require: { signatures: true } | .require.signatures: unknown key (expected: digest, pinned, immutable-tag, no-rollback, min-age, baseline, platforms, max-size, media-types, no-foreign-urls)
            match: { tag: [latest] }, deny: x | .match.tag: unknown key (did you mean tags?)
            match: { tags: latest }, deny: x | .match.tags: latest (expected: a list) && .match.tags: an empty list (expected: at least one, or the key left out, which means any)
            match: { tags: [] }, deny: x | .match.tags: an empty list (expected: at least one, or the key left out, which means any)
            match: { tags: ["a b"] }, deny: x | .match.tags: a b matches no tag (expected: a tag with * in it, or /regular expression/)
            match: { tags: ["/(/"] }, deny: x | .match.tags: /(/: missing closing ) (expected: a regular expression of RE2)
            match: { tags: ["/(?=a)b/"] }, deny: x | .match.tags: /(?=a)b/: invalid or unsupported Perl syntax (expected: a regular expression of RE2)
            match: { tags: ["/a{1001}/"] }, deny: x | .match.tags: /a{1001}/: invalid repeat count (expected: a regular expression of RE2)
            match: { tags: ["/((((((((a{100}){100}){100}){100})/"] }, deny: x | .match.tags: /((((((((a{100}){100}){100}){100})/: missing closing ) (expected: a regular expression of RE2)
            match: { tags: ["//"] }, deny: x | .match.tags: // matches no tag (expected: a tag with * in it, or /regular expression/)
            match: { tags: ["/latest"] }, deny: x | .match.tags: /latest matches no tag (expected: a tag with * in it, or /regular expression/)
            match: { versions: ["^1"] }, deny: x | .match.versions: versions: ^1 (expected: bounds with blanks between them, as in ">=1.2 <2")
            match: { versions: [">=2 <1"] }, deny: x | .match.versions: >=2 <1 contains no version (expected: a lower bound below the upper)
            match: { digests: [abc] }, deny: x | .match.digests: digest: abc (expected: sha256:[a-f0-9]{64} or sha512:[a-f0-9]{128})
            match: { registries: [Docker.io] }, deny: x | .match.registries: Docker.io is the name of no registry (expected: docker.io or *.corp)
            match: { registries: [index.docker.io] }, deny: x | .match.registries: index.docker.io is known here as docker.io (expected: that name)
            match: { registries: ["docker.io/library"] }, deny: x | .match.registries: docker.io/library is the name of no registry (expected: docker.io or *.corp)
            match: { repositories: [alpine] }, deny: x | .match.repositories: alpine matches no repository (expected: registry/path, as in docker.io/library/* or ghcr.io/acme/**)
            match: { repositories: [docker.io/alpine] }, deny: x | .match.repositories: docker.io/alpine matches no repository (expected: registry/path, as in docker.io/library/* or ghcr.io/acme/**)
            match: { repositories: ["docker.io/*"] }, deny: x | .match.repositories: docker.io/* matches no repository (expected: registry/path, as in docker.io/library/* or ghcr.io/acme/**)
            match: { repositories: ["ghcr.io/Acme/**"] }, deny: x | .match.repositories: ghcr.io/Acme/** matches no repository (expected: registry/path, as in docker.io/library/* or ghcr.io/acme/**)
            match: { repositories: ["ghcr.io/acme/app:latest"] }, deny: x | .match.repositories: ghcr.io/acme/app:latest matches no repository (expected: registry/path, as in docker.io/library/* or ghcr.io/acme/**)
            match: { platforms: [amd64] }, deny: x | .match.platforms: platform: amd64 (expected: os/architecture[/variant], as in linux/arm64 or windows(10.0.17763)/amd64)
            match: { size: {} }, deny: x | .match.size: no size (expected: at-least, at-most or both)
            match: { size: { at-least: 2, at-most: 1 } }, deny: x | .match.size.at-least: more than at-most (expected: at most that)
            match: { networks: [10.0.0.1/8] }, deny: x | .match.networks: 10.0.0.1/8 (expected: no bits behind the prefix; the network is 10.0.0.0/8)
            match: { service-accounts: [builder] }, deny: x | .match.service-accounts: builder (expected: namespace/name, as in prod/builder or prod/*)
            match: { users: [""] }, deny: x | .match.users: empty (expected: some text)
            match: { media-types: [text/plain, ""] }, deny: x | .match.media-types: empty (expected: some text)
            deny: x, exempt: [ {} ] | .exempt[0]: no digest (expected: digest, reason and until) && .exempt[0]: no reason (expected: digest, reason and until) && .exempt[0]: no until (expected: digest, reason and until)
            deny: x, exempt: [ { digest: x, reason: r, until: tomorrow } ] | .exempt[0].digest: digest: x (expected: sha256:[a-f0-9]{64} or sha512:[a-f0-9]{128}) && .exempt[0].until: tomorrow (expected: a day or a time in UTC, as in 2027-01-31 or 2027-01-31T12:00:00Z)
            allow: true, exempt: [ { digest: DIGEST, reason: r, until: 2027-01-31 } ] | .exempt: on a rule that refuses nothing (expected: beside deny or require)
            deny: x, exempt: [ { digest: DIGEST, reason: "", until: 2027-02-30 } ] | .exempt[0].reason: empty (expected: some text) && .exempt[0].until: 2027-02-30 (expected: a day or a time in UTC, as in 2027-01-31 or 2027-01-31T12:00:00Z)
            deny: x, exempt: [ { digest: DIGEST, reason: r, until: +999999999-12-31 } ] | .exempt[0].until: +999999999-12-31 (expected: a day or a time in UTC, as in 2027-01-31 or 2027-01-31T12:00:00Z)
            match: { tags: ["/a/", "/**/"] }, deny: x | .match.tags: /**/: missing argument to repetition operator (expected: a regular expression of RE2)
            """)
    void ofARuleAreTold(String rule, String problems) {
        assertThat(problems("policy: { rules: [ { name: a, " + rule.replace("DIGEST", DIGEST) + " } ] }")
                        .replace("mirror.yaml:1: policy.rules[0]", ""))
                .isEqualTo(problems.replace(" && ", "\n"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            { default: maybe } | default: maybe (expected: deny or allow)
            { defualt: deny } | defualt: unknown key (did you mean default?)
            { rules: x } | rules: x (expected: a list)
            { rules: [ x ] } | rules[0]: x (expected: a mapping of keys) && rules[0]: no name (expected: one that refusals and records call it by) && rules[0]: does nothing (expected: exactly one of allow, deny and require)
            { rules: [ {} ] } | rules[0]: no name (expected: one that refusals and records call it by) && rules[0]: does nothing (expected: exactly one of allow, deny and require)
            { rules: [ { name: a } ] } | rules[0]: does nothing (expected: exactly one of allow, deny and require)
            { rules: [ { name: "a b", allow: true } ] } | rules[0].name: a b (expected: [A-Za-z0-9][A-Za-z0-9._-]{0,62})
            { rules: [ { name: "", allow: true } ] } | rules[0].name:  (expected: [A-Za-z0-9][A-Za-z0-9._-]{0,62})
            { directory: /no/where } | directory: /no/where cannot be read: it does not exist
            { directory: "" } | directory: empty (expected: some text)
            { deny-digests: [/no/where] } | deny-digests: /no/where cannot be read: it does not exist
            { pins: { file: /no/where } } | pins.file: /no/where does not exist (expected: the lock file, in the beginning an empty file, which entrepot pins update fills)
            { pins: { first-seen: [ { match: { digests: [x] } } ] } } | pins.first-seen[0].match.digests: unknown key (expected: tags, versions, registries, repositories)
            { pins: { first-seen: [ { match: { tags: [] }, pin-by: { users: [] } } ] } } | pins.first-seen[0].match.tags: an empty list (expected: at least one, or the key left out, which means any) && pins.first-seen[0].pin-by.users: an empty list (expected: at least one, or the key left out, which means any)
            { pins: { first-seen: [ { confirm: maybe } ] } } | pins.first-seen[0].confirm: maybe (expected: true or false)
            { pins: { first: [] } } | pins.first: unknown key (expected: first-seen, file)
            { in-use-grace: forever } | in-use-grace: forever (expected: a duration, as in 500ms, 30s, 5m, 6h, 7d, at most 3650d)
            { in-use-grace: -1s } | in-use-grace: -1s (expected: a duration, as in 500ms, 30s, 5m, 6h, 7d, at most 3650d)
            """)
    void ofTheSectionAreTold(String policy, String problems) {
        assertThat(problems("policy: " + policy).replace("mirror.yaml:1: policy.", ""))
                .isEqualTo(problems.replace(" && ", "\n"));
    }

    @Test
    void theNameOfARuleIsItsOwn() {
        assertThat(problems("""
                        policy:
                          rules:
                            - { name: a, match: { tags: [y] }, allow: true }
                            - { name: a, match: { tags: [x] }, deny: x }
                        """))
                .isEqualTo(
                        "mirror.yaml:4: policy.rules[1].name: a is the name of the rule in mirror.yaml:3 (expected: its"
                                + " own)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | tags: [x]",
                "registries: [ghcr.io] | repositories: [ghcr.io/a/b]",
                "registries: [ghcr.io] | registries: [ghcr.io], tags: [x]",
                "repositories: ['ghcr.io/a/**'] | repositories: [ghcr.io/a/b]",
                "repositories: ['**'] | tags: [x]",
                "tags: [x] | tags: [x]",
            })
    void aRuleThatIsNeverReachedIsOne(String first, String second) {
        assertThat(problems(inOrder("allow: true", first, second)))
                .isEqualTo(
                        "mirror.yaml:4: policy.rules[1].match: never reached, rule a (mirror.yaml:3) decides all of it"
                                + " (expected: the first that matches holds, so the narrower one first)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tags: [x] | tags: ['*']",
                "repositories: [ghcr.io/a/b] | repositories: ['ghcr.io/a/**']",
                "repositories: ['ghcr.io/a/*'] | repositories: ['ghcr.io/a/**']",
                "registries: [ghcr.io], tags: [x] | repositories: [ghcr.io/a/b]",
                "users: [x] | tags: [x]",
            })
    void aNarrowerRuleInFrontIsNone(String first, String second) throws ConfigException {
        assertThat(ConfigLoader.parse("mirror.yaml", inOrder("allow: true", first, second), Map.of())
                        .policy()
                        .rules())
                .hasSize(2);
    }

    /** A refusal on trial decides nothing, and what is off is not there. */
    @Test
    void whatDoesNotDecideHidesNothing() throws ConfigException {
        for (String effect : new String[] {"mode: warn, deny: x", "mode: off, allow: true"}) {
            assertThat(ConfigLoader.parse("mirror.yaml", inOrder(effect, "{}", "tags: [x]"), Map.of())
                            .policy()
                            .rules())
                    .hasSize(2);
        }
    }

    private static String inOrder(String effect, String first, String second) {
        return """
                policy:
                  rules:
                    - { name: a, %s, match: %s }
                    - { name: b, match: { %s }, deny: x }
                """.formatted(effect, first.equals("{}") ? first : "{ " + first + " }", second);
    }

    private static String problems(String text) {
        return String.valueOf(
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse("mirror.yaml", text, Map.of()))
                        .getMessage());
    }
}
