package io.entrepot.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypeTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/vnd.oci.image.index.v1+json | application/vnd.oci.image.index.v1+json",
                "application/json; charset=utf-8 | application/json",
                "Application/JSON | application/json",
                "' application/json ;a=b;c=\"d;e\"' | application/json",
                "application/json; | application/json",
                "text/x!#$&-^_.+1 | text/x!#$&-^_.+1",
            })
    void isReadWithoutItsParameters(String text, String expected) {
        assertThat(MediaType.parse(text)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "json",
                "/",
                "a/",
                "/a",
                "a/b/c",
                "a b/c",
                "*/*",
                "text/*",
                ".a/b",
                "text/html\r\nX: y",
                "ünï/code",
                "application/json, text/html"
            })
    void refusesWhatIsNoType(String text) {
        assertThatThrownBy(() -> MediaType.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("media type: ")
                .hasMessageEndingWith("(expected: type/subtype)");
    }

    @Test
    void hasAtMost127CharactersOnEachSide() {
        String longest = "a".repeat(127) + "/" + "b".repeat(127);

        assertThat(MediaType.parse(longest)).hasToString(longest);
        assertThatThrownBy(() -> MediaType.parse("a" + longest)).hasMessageEndingWith("(expected: type/subtype)");
        assertThatThrownBy(() -> MediaType.parse(longest + "b")).hasMessageEndingWith("(expected: type/subtype)");
    }

    @Test
    void keepsItsMessageShortWhateverWasSent() {
        assertThatThrownBy(() -> MediaType.parse("a".repeat(1 << 20)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @ParameterizedTest
    @CsvSource({
        "application/vnd.oci.image.index.v1+json, true, true",
        "application/vnd.docker.distribution.manifest.list.v2+json, true, true",
        "application/vnd.oci.image.manifest.v1+json, true, false",
        "application/vnd.docker.distribution.manifest.v2+json, true, false",
        "application/vnd.oci.artifact.manifest.v1+json, true, false",
        "application/vnd.docker.distribution.manifest.v1+json, false, false",
        "application/vnd.oci.image.config.v1+json, false, false",
        "application/octet-stream, false, false",
        "text/html, false, false"
    })
    void knowsManifestsAndAmongThemIndexes(String text, boolean manifest, boolean index) {
        assertThat(MediaType.parse(text).isManifest()).isEqualTo(manifest);
        assertThat(MediaType.parse(text).isIndex()).isEqualTo(index);
    }

    @ParameterizedTest
    @CsvSource({
        "application/vnd.docker.distribution.manifest.v1+json, true",
        "application/vnd.docker.distribution.manifest.v1+prettyjws, true",
        "application/vnd.docker.distribution.manifest.v2+json, false"
    })
    void knowsSchema1(String text, boolean schema1) {
        assertThat(MediaType.parse(text).isSchema1()).isEqualTo(schema1);
    }

    @Property
    void ofAnyTextIsReadOrRefused(@ForAll String text) {
        Refusal.orSame(text, MediaType::parse);
    }
}
