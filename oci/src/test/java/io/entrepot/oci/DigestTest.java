package io.entrepot.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DigestTest {

    /** The hash of no bytes (FIPS 180-4). */
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static final String HELLO = "sha512:9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca7"
            + "2323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043";

    @Test
    void isTheHashOfContent() {
        assertThat(Digest.of(new byte[0])).hasToString("sha256:" + EMPTY);
    }

    @Test
    void isSha512TooIfThatIsAsked() {
        assertThat(Digest.of(Digest.Algorithm.SHA512, utf8("hello"))).hasToString(HELLO);
    }

    @Test
    void matchesItsContentAndNoOther() {
        assertThat(Digest.parse(HELLO).matches(utf8("hello"))).isTrue();
        assertThat(Digest.parse(HELLO).matches(utf8("hello "))).isFalse();
    }

    @Test
    void takesItsLengthFromItsAlgorithm() {
        assertThatThrownBy(() -> Digest.parse("sha512:" + EMPTY))
                .hasMessage("digest: sha512:" + EMPTY + " (expected: sha512:[a-f0-9]{128})");
    }

    @ParameterizedTest
    @MethodSource
    void refusesWhatIsNoDigest(String text) {
        assertThatThrownBy(() -> Digest.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("digest: ")
                .hasMessageContaining("(expected: sha256:[a-f0-9]{64}");
    }

    static Stream<String> refusesWhatIsNoDigest() {
        return Stream.of(
                "",
                ":",
                "sha256",
                "sha256:",
                EMPTY,
                ":" + EMPTY,
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "blake3:" + EMPTY,
                "SHA256:" + EMPTY,
                "sha256:" + EMPTY.toUpperCase(Locale.ROOT),
                "sha256:" + EMPTY.substring(1),
                "sha256:" + EMPTY + "0",
                "sha256:" + EMPTY + "\n",
                " sha256:" + EMPTY,
                "sha256:" + EMPTY.replace('e', 'g'),
                "sha256::" + EMPTY,
                "sha256:../../../../../../../../../../../../../../../../../../etc/passw",
                "sha256:" + "a".repeat(4096),
                "a+".repeat(2048) + ":" + EMPTY);
    }

    @Test
    void keepsItsMessageShortWhateverWasSent() {
        assertThatThrownBy(() -> Digest.parse("sha256:" + "a".repeat(1 << 20)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @Property
    void ofAnyContentComesBackFromItsText(@ForAll byte[] content, @ForAll Digest.Algorithm algorithm) {
        Digest digest = Digest.of(algorithm, content);

        assertThat(Digest.parse(digest.toString())).isEqualTo(digest);
        assertThat(digest.matches(content)).isTrue();
    }

    @Property
    void ofAnyTextIsReadOrRefused(@ForAll String text) {
        Refusal.orSame(text, Digest::parse);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
