package io.entrepot.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryTest {

    private static final Registry GHCR = new Registry("ghcr.io");

    @Test
    void ofOneSegmentLiesUnderLibraryOnDockerHub() {
        assertThat(new Repository(Registry.DOCKER_HUB, "alpine")).hasToString("docker.io/library/alpine");
        assertThat(new Repository(Registry.DOCKER_HUB, "library/alpine"))
                .isEqualTo(new Repository(Registry.DOCKER_HUB, "alpine"));
    }

    @Test
    void ofOneSegmentStaysWhereItIsElsewhere() {
        assertThat(new Repository(GHCR, "alpine")).hasToString("ghcr.io/alpine");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "0",
                "a/b",
                "a.b",
                "a_b",
                "a__b",
                "a-b",
                "a---b",
                "a.b_c__d-e/f0",
                "v2/manifests/blobs",
                "example.com/x",
                "a/b/c/d/e/f/g/h"
            })
    void hasSegmentsOfTheSpecsGrammar(String path) {
        assertThat(new Repository(GHCR, path).path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/", "a/", "/a", "a//b", ".", "..", "../a", "a/../b", "A", "aB", "a_", "_a", "a___b", "a..b",
                "a._b", "a-_b", "a._", "-a", "a-", "a:b", "a@b", "a b", "a%2fb", "a\\b", "ä", "a\n", "\ufeffa"
            })
    void refusesAnyOther(String path) {
        assertThatThrownBy(() -> new Repository(GHCR, path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("repository: " + path + " (expected: ");
    }

    @Test
    void hasAtMost255CharactersWithItsRegistry() {
        String longest = "a".repeat(255 - "ghcr.io/".length());

        assertThat(new Repository(GHCR, longest).toString()).hasSize(255);
        assertThatThrownBy(() -> new Repository(GHCR, longest + "a"))
                .hasMessage("repository: " + "a".repeat(140) + "… (expected: at most 255 characters)");
    }

    @Test
    void countsLibraryAmongThe255() {
        String longest = "a".repeat(255 - "docker.io/library/".length());

        assertThat(new Repository(Registry.DOCKER_HUB, longest).toString()).hasSize(255);
        assertThatThrownBy(() -> new Repository(Registry.DOCKER_HUB, longest + "a"))
                .hasMessageContaining("at most 255 characters");
    }

    /** Names on which a backtracking matcher would take for ever, or all of the stack. */
    @ParameterizedTest
    @MethodSource
    void isReadInNoTimeWhateverIsSent(String path) {
        Refusal.orSame(path, RepositoryTest::read);
    }

    static Stream<String> isReadInNoTimeWhateverIsSent() {
        return Stream.of("a", "a-", "a.", "a_", "a__", "a/", "-", "_", "a-a", "aa--")
                .flatMap(part -> Stream.of(200, 4096).map(size -> part.repeat(size / part.length())))
                .flatMap(path -> Stream.of(path, path + "!", path + "a"));
    }

    private static Repository read(String text) {
        return new Repository(GHCR, text.replaceFirst("^ghcr.io/", ""));
    }

    @Property
    void ofAnyTextIsReadOrRefused(@ForAll("paths") String path) {
        Refusal.orSame(path, RepositoryTest::read);
    }

    @Property
    void agreesWithTheSpecsOwnExpression(@ForAll("paths") String path) {
        boolean valid = path.matches("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");

        assertThat(isAccepted(path)).isEqualTo(valid);
    }

    private static boolean isAccepted(String path) {
        try {
            return new Repository(GHCR, path).path().equals(path);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.strings().withChars("ab0._-/").ofMinLength(1).ofMaxLength(12);
    }
}
