package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tag's pattern that nothing reaches does not do what it says, so it is a mistake. */
class TagsTest {

    @ParameterizedTest
    @CsvSource({
        "**,                  **",
        "**,                  **:latest",
        "**,                  docker.io/library/*",
        "**:*,                ghcr.io/team/app:1",
        "**:**,               **",
        "ghcr.io/team/*:v*,   ghcr.io/team/*:v*",
        "ghcr.io/team/*,      ghcr.io/team/*:*",
        "ghcr.io/team/*:**,   ghcr.io/team/*",
        "registry.corp:5000/a, registry.corp:5000/a:**",
    })
    void isNeverReachedBehindOneThatMatchesAllOfIt(String earlier, String later) {
        assertThatThrownBy(() -> parse(earlier, later))
                .hasMessage("m:3: tags[1].match: " + later + " is never reached, tags[0] " + earlier
                        + " matches all of it (expected: the first that matches holds, so the narrower one first)");
    }

    @ParameterizedTest
    @CsvSource({
        "**:latest,          **",
        "ghcr.io/team/*:v*,  ghcr.io/team/*:*",
        "ghcr.io/team/*,     ghcr.io/team/**",
        "**/a,               **",
    })
    void isReachedBehindOneThatMatchesLess(String earlier, String later) throws ConfigException {
        assertThat(parse(earlier, later).tags().get(1).match()).isEqualTo(later);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "library/*:latest", // no registry
                "quay.io/team/app", // not an upstream
                "index.docker.io/library/*", // known as docker.io
                "Docker.io/library/*", // registries are lower case
                "docker.io", // no repository
                "docker.io:latest",
                "*",
                "*:latest",
                "docker.io/*:latest", // docker.io/alpine is docker.io/library/alpine
                "docker.io/alpine",
                "docker.io/library/Alpine",
                "docker.io/library//alpine",
                "docker.io/library/",
                "docker.io/library/-*",
                "registry.corp/a", // it has a port
                "ghcr.io/team/app:-x",
                "ghcr.io/team/app:.*",
                "ghcr.io/team/app:a:b",
                "**:a:b",
                "**/",
                "**-"
            })
    void isNeverReachedWhereNoUpstreamCanHaveSuchATag(String match) {
        assertThatThrownBy(() -> parse(match))
                .hasMessage("m:2: tags[0].match: " + match + " is never reached, no upstream can have such a tag"
                        + " (expected: upstream/path:tag, as in docker.io/library/*:latest)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "**",
                "**:*",
                "**:latest",
                "**/alpine",
                "**alpine:v*",
                "docker.io/**",
                "docker.io**",
                "docker.**:1",
                "doc*/library/*",
                "*/library/*",
                "*/app",
                "*.io/team/**/app:*-slim",
                "d*k**/nginx",
                "docker.io/library/alpine:3.*",
                "docker.io/library/a*",
                "ghcr.io/*:latest",
                "ghcr.io/team-*/app_*:*_*",
                "ghcr.io/team/app:V1.0",
                "registry.corp:5000/a:b",
                "registry.corp:*/a",
                "registry.corp*/a",
                "[fd00::1]:5000/a:latest"
            })
    void isReachedWhereAnUpstreamCanHaveSuchATag(String match) throws ConfigException {
        assertThat(parse(match).tags().get(0).match()).isEqualTo(match);
    }

    @Test
    void whatIsNoPatternHidesNoOther() {
        assertThatThrownBy(() -> parse("a b", "**:latest")).message().hasLineCount(1);
        assertThatThrownBy(() ->
                        ConfigLoader.parse("m", "tags:\n  - { fresh: 1h }\n  - { match: \"**:latest\" }\n", Map.of()))
                .hasMessage("m:2: tags[0]: match is missing (expected: a pattern, as in docker.io/library/*:latest)");
    }

    @Test
    void whereThereIsNoUpstreamThatIsTheMistake() {
        assertThatThrownBy(() -> ConfigLoader.parse("m", "upstreams: {}\ntags: [ { match: a.b/c } ]", Map.of()))
                .message()
                .hasLineCount(1)
                .startsWith("m:1: upstreams: none");
    }

    private static MirrorConfig parse(String... matches) throws ConfigException {
        StringBuilder text = new StringBuilder("tags:\n");
        for (String match : matches) {
            text.append("  - { match: \"").append(match).append("\" }\n");
        }
        String upstreams = "upstreams: { docker.io: {}, ghcr.io: {}, \"registry.corp:5000\": {},"
                + " \"[fd00::1]:5000\": { internal: true } }\n";
        return ConfigLoader.parse("m", text + upstreams, Map.of());
    }
}
