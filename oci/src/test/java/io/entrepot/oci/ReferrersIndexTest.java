package io.entrepot.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferrersIndexTest {

    private static final String ONE =
            "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"sha256:ab\","
                    + "\"size\":7,\"artifactType\":\"application/x\",\"annotations\":{\"digest\":\"not this\",\"é\":\"\\u2028\"}}";

    @Test
    void keepsEveryDescriptorWithAllThatItSays() {
        List<Referrer> referrers =
                parse("{\"other\":{\"manifests\":[]},\"manifests\":[" + ONE + ",{\"digest\":\"x:y\"}]}");

        assertThat(referrers).extracting(Referrer::digest).containsExactly("sha256:ab", "x:y");
        assertThat(referrers).extracting(Referrer::artifactType).containsExactly("application/x", "");
        assertThat(parse(new String(ReferrersIndex.of(referrers), StandardCharsets.UTF_8)))
                .isEqualTo(referrers);
        assertThat(referrers.get(0).json()).contains("\"size\":7", "\"annotations\"", "é");
    }

    @Test
    void isEmptyWhereNobodyRefers() {
        assertThat(new String(ReferrersIndex.of(List.of()), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}");
        assertThat(parse("{\"manifests\":[]}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "<html>",
                "{}",
                "{\"manifests\":null}",
                "{\"manifests\":{}}",
                "{\"manifests\":[1]}",
                "{\"manifests\":[{}]}",
                "{\"manifests\":[{\"digest\":7}]}",
                "{\"manifests\":[],\"manifests\":[]}",
                "{\"manifests\":[]} x",
                "{\"manifests\":["
            })
    void isNothingElse(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("list of referrers");
    }

    /** Such a digest in our own Link would come back as another one, and a client would page in a circle. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sha256:a b",
                "sha256:a\\r\\nb",
                "sha256:a\\u0000",
                "sha256:a>; rel=\\\"next",
                "sha256:é",
                "sha256:\\ud800",
                "sha256:",
                ":ab",
                "ab"
            })
    void namesNothingThatCannotBeADigest(String digest) {
        assertThatThrownBy(() -> parse("{\"manifests\":[{\"digest\":\"" + digest + "\"}]}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whose digest is none");
    }

    @Test
    void namesNoDigestLongerThanARequestLine() {
        String digest = "sha256:" + "a".repeat(506);

        assertThatThrownBy(() -> parse("{\"manifests\":[{\"digest\":\"" + digest + "\"}]}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 512");
    }

    private static List<Referrer> parse(String text) {
        return ReferrersIndex.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
