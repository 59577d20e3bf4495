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
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {

    private static final Digest EMPTY = Digest.of(new byte[0]);

    @ParameterizedTest
    @ValueSource(strings = {"latest", "3.20", "v1.2.3-rc.1_x", "_", "_.-", "A", "sha256-abc.sig", "0"})
    void isATagIfItHasNoColon(String tag) {
        assertThat(Reference.parse(tag)).isEqualTo(new Reference.Tag(tag)).hasToString(tag);
    }

    @Test
    void isADigestIfItHasOne() {
        assertThat(Reference.parse(EMPTY.toString()))
                .isEqualTo(new Reference.ByDigest(EMPTY))
                .hasToString(EMPTY.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".a", "-a", "a b", "a/b", "a+b", "ä", "a\n", "a@b", "%61"})
    void refusesWhatIsNoTag(String tag) {
        assertThatThrownBy(() -> Reference.parse(tag))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tag: " + tag + " (expected: [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127})");
    }

    @ParameterizedTest
    @ValueSource(strings = {":", "latest:", ":latest", "sha256:", "sha256:abc", "md5:d41d8cd98f00b204e9800998ecf8427e"})
    void refusesWhatIsNoDigest(String digest) {
        assertThatThrownBy(() -> Reference.parse(digest))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("digest: " + digest + " (expected: ");
    }

    @Test
    void hasAtMost128CharactersAsATag() {
        assertThat(Reference.parse("a".repeat(128))).hasToString("a".repeat(128));
        assertThatThrownBy(() -> Reference.parse("a".repeat(129))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsItsMessageShortWhateverWasSent() {
        assertThatThrownBy(() -> Reference.parse("a".repeat(1 << 20)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @Property
    void ofAnyTextIsReadOrRefused(@ForAll String text) {
        Refusal.orSame(text, Reference::parse);
    }

    @Property
    void ofAnythingThatLooksLikeOneIsReadOrRefused(@ForAll("tags") String text) {
        Refusal.orSame(text, Reference::parse);
    }

    @Provide
    Arbitrary<String> tags() {
        return Arbitraries.strings().withChars("aZ0._-:/").ofMaxLength(130);
    }
}
