package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a file holds, the answer is a configuration or its problems. */
class AnyTextTest {

    private static final String REFERENCE = readReference();

    @Property
    void anyTextIsReadOrRefused(@ForAll String text) {
        assertReadOrRefused(text);
    }

    @Property
    void anythingThatLooksLikeYamlIsReadOrRefused(@ForAll("yaml") String text) {
        assertReadOrRefused(text);
    }

    @Property
    void anyValueOfAnyKeyIsReadOrRefused(@ForAll("keys") String key, @ForAll String value) {
        String quoted = value.replace("\\", "\\\\").replace("\"", "\\\"");
        assertReadOrRefused(key.replace("?", '"' + quoted + '"'));
    }

    @Property
    void aReferenceWithALineMissingIsReadOrRefused(@ForAll("cuts") List<Integer> lines) {
        List<String> all = new ArrayList<>(REFERENCE.lines().toList());
        lines.forEach(line -> all.set(line % all.size(), ""));
        assertReadOrRefused(String.join("\n", all));
    }

    @Provide
    Arbitrary<String> yaml() {
        return Arbitraries.of(
                        "listen:",
                        "upstreams:",
                        "docker.io:",
                        "tags:",
                        "- ",
                        "  ",
                        "\n",
                        "{",
                        "}",
                        "[",
                        "]",
                        ", ",
                        ": ",
                        "&a",
                        "*a",
                        "!!str",
                        "<<",
                        "|",
                        ">",
                        "\"",
                        "'",
                        "#",
                        "---",
                        "...",
                        "%YAML 1.1\n",
                        "%",
                        "?",
                        "\t",
                        "match",
                        "5s",
                        "null",
                        "\u0000",
                        "\ud83d\ude00",
                        "\ufeff",
                        "a",
                        "0")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.of(
                "listen: { address: ? }",
                "listen: { port: ? }",
                "listen: { default-registry: ? }",
                "listen: { hosts: { ?: ? } }",
                "listen: { tls: { key: ?, certificate: ? } }",
                "admin: { token: ? }",
                "admin: { token: ${file:?} }",
                "upstreams: { ?: {} }",
                "upstreams: { a.b: { url: ?, clients: [?], token-hosts: [?], ca: ?, internal: true } }",
                "upstreams: { a.b: { auth: { username: ?, password: ? }, min-rate: ?, deadlines: { idle: ? } } }",
                "aliases: { ?: ? }",
                "tags: [ { match: ?, fresh: ? } ]",
                "storage: { disk: { path: ?, max-size: ? } }",
                "log: { level: ? }",
                "?: ?");
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers().between(0, 500).list().ofMinSize(1).ofMaxSize(5);
    }

    private static void assertReadOrRefused(String text) {
        try {
            assertThat(ConfigLoader.parse("m", text, Map.of())).isNotNull();
        } catch (ConfigException e) {
            assertThat(e.problems()).isNotEmpty().allSatisfy(problem -> {
                assertThat(problem.line()).isBetween(1, (int) text.lines().count() + 2);
                assertThat(problem.message()).hasSizeLessThan(600).doesNotContain("\n");
            });
        }
    }

    private static String readReference() {
        try {
            return Files.readString(Path.of("reference.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
