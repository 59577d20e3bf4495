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

class RegistryTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ghcr.io",
                "localhost",
                "localhost:5000",
                "registry.corp:65535",
                "10.0.0.5:5000",
                "[::1]",
                "[2001:db8::1]:5000",
                "[::ffff:10.0.0.1]:443",
                "a",
                "a-b.c--d.example",
                "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
            })
    void isAHostWithOrWithoutAPort(String name) {
        assertThat(Registry.parse(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker.io",
                "index.docker.io",
                "registry-1.docker.io",
                "registry.hub.docker.com",
                "docker.com",
                "Docker.IO",
                "REGISTRY-1.docker.io"
            })
    void ofDockerHubIsOneUnderAllItsNames(String name) {
        assertThat(Registry.parse(name)).isEqualTo(Registry.DOCKER_HUB);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"docker.io:443", "registry-1.docker.io:443", "auth.docker.io", "docker.io.evil", "xdocker.io"})
    void isNotDockerHubUnderAnyOther(String name) {
        assertThat(Registry.parse(name)).isNotEqualTo(Registry.DOCKER_HUB);
    }

    @Test
    void isTheSameInUpperCase() {
        assertThat(Registry.parse("GHCR.io")).isEqualTo(Registry.parse("ghcr.io"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a..b",
                ".a",
                "a.",
                "-a",
                "a-",
                "a_b",
                "a b",
                "a/b",
                "a@b",
                "user@host",
                "https://a",
                "a:",
                "a:0",
                "a:65536",
                "a:99999",
                "a:123456",
                "a:b",
                "a:1:2",
                ":5000",
                "::1",
                "[]",
                "[]:5000",
                "[:::]",
                "[.]",
                "[1:2]",
                "[::1",
                "::1]",
                "[::1]5000",
                "[::1%eth0]",
                "[fe80::g]",
                "%2e%2e",
                "a\n",
                "bücher.example",
                "*.example"
            })
    void refusesWhatIsNone(String name) {
        assertThatThrownBy(() -> Registry.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("registry: " + name + " (expected: host or host:port)");
    }

    @Test
    void hasAtMost255Characters() {
        String longest = "a.".repeat(127) + "a";

        assertThat(new Registry(longest).name()).hasSize(255);
        assertThatThrownBy(() -> new Registry(longest + "b")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io, true",
        "localhost, true",
        "a:5000, true",
        "[::1], true",
        "library, false",
        "local, false",
        "localhosts, false"
    })
    void isToldFromAPathByItsLook(String segment, boolean expected) {
        assertThat(Registry.looksLikeRegistry(segment)).isEqualTo(expected);
    }

    @Property
    void ofAnyTextIsReadOrRefused(@ForAll String text) {
        Refusal.orSame(text, Registry::parse);
    }

    @Property
    void ofAnythingThatLooksLikeOneIsReadOrRefused(@ForAll("names") String text) {
        Refusal.orSame(text, Registry::parse);
    }

    @Property
    void agreesWithTheGrammarOfHostAndPort(@ForAll("hosts") String text) {
        boolean valid =
                text.matches("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:0*([1-9][0-9]*))?");
        String port = text.substring(text.indexOf(':') + 1);
        boolean inRange = text.indexOf(':') < 0 || port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= 65_535;

        assertThat(isAccepted(text)).isEqualTo(valid && inRange);
    }

    private static boolean isAccepted(String text) {
        try {
            return new Registry(text).name().equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Provide
    Arbitrary<String> hosts() {
        return Arbitraries.strings().withChars("ab0169.-:").ofMinLength(1).ofMaxLength(12);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings().withChars("ab09.-:[]A_/").ofMaxLength(12);
    }
}
