package io.entrepot.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever two readers could understand differently is no manifest. */
class ManifestRefusalTest {

    private static final String DIGEST = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String LAYER = "{\"digest\":\"" + DIGEST + "\",\"size\":1}";

    @Test
    void asAnImageAndAsAnIndex() {
        assertRefused("{\"manifests\":[],\"layers\":[]}", "manifest has both manifests and layers or config");
        assertRefused(
                "{\"manifests\":[],\"config\":" + LAYER + "}", "manifest has both manifests and layers or config");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"schemaVersion\":2}", "{\"layers\":null}", "{\"errors\":[{\"code\":\"DENIED\"}]}"})
    void asNeither(String json) {
        assertRefused(json, "manifest has neither manifests nor layers nor config");
    }

    @ParameterizedTest
    @CsvSource({
        "layers, application/vnd.oci.image.index.v1+json, an image",
        "layers, application/vnd.docker.distribution.manifest.list.v2+json, an image",
        "manifests, application/vnd.oci.image.manifest.v1+json, an index",
        "manifests, application/vnd.docker.distribution.manifest.v2+json, an index"
    })
    void underTheTypeOfTheOther(String field, String type, String fields) {
        String message = "manifest is called " + type + " but its fields are those of " + fields;

        assertRefused("{\"" + field + "\":[]}", MediaType.parse(type), message);
        assertRefused("{\"" + field + "\":[],\"mediaType\":\"" + type + "\"}", message);
    }

    @Test
    void underAnotherTypeThanItsOwn() {
        assertRefused(
                "{\"layers\":[],\"mediaType\":\"" + MediaType.OCI_MANIFEST + "\"}",
                MediaType.DOCKER_MANIFEST,
                "manifest was sent as " + MediaType.DOCKER_MANIFEST + " but says of itself that it is "
                        + MediaType.OCI_MANIFEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/vnd.oci.image.config.v1+json", "application/x"})
    void underATypeThatIsNoManifests(String type) {
        String message = "manifest is called " + type + " (expected: a manifest's media type)";

        assertRefused("{\"layers\":[]}", MediaType.parse(type), message);
        assertRefused("{\"layers\":[],\"mediaType\":\"" + type + "\"}", message);
        assertRefused("{\"layers\":[],\"mediaType\":\"" + type + "\"}", MediaType.parse(type), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"schemaVersion\":1,\"name\":\"a\",\"fsLayers\":[{\"blobSum\":\"x\"}],\"history\":[{}]}",
                "{\"fsLayers\":[{\"blobSum\":\"x\"}],\"schemaVersion\":2}",
                "{\"schemaVersion\":1,\"layers\":[]}",
                "{\"layers\":[],\"mediaType\":\"application/vnd.docker.distribution.manifest.v1+prettyjws\"}"
            })
    void asDockersFirstSchema(String json) {
        assertRefused(json, "manifest is Docker schema 1, which is not supported");
    }

    @Test
    void asDockersFirstSchemaByItsType() {
        assertRefused(
                "{\"layers\":[]}",
                MediaType.parse("application/vnd.docker.distribution.manifest.v1+json"),
                "manifest is Docker schema 1, which is not supported");
    }

    @ParameterizedTest
    @MethodSource
    void withAKeyTwice(String json) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("manifest is not valid JSON: Duplicate ");
    }

    static Stream<String> withAKeyTwice() {
        return Stream.of(
                "{\"layers\":[],\"layers\":[]}",
                "{\"layers\":[],\"x\":1,\"x\":2}",
                "{\"layers\":[{\"digest\":\"" + DIGEST + "\",\"size\":1,\"digest\":\"" + DIGEST + "\"}]}",
                "{\"layers\":[],\"annotations\":{\"a\":\"1\",\"\\u0061\":\"2\"}}");
    }

    /** Go's JSON takes each of these for the field that it resembles. */
    @ParameterizedTest
    @ValueSource(
            strings = {"Layers", "LAYERS", "layer\u017f", "Manifests", "Config", "MediaType", "schemaversion", "BLOBS"})
    void withAFieldInAnotherCase(String name) {
        assertRefused(
                "{\"layers\":[],\"" + name + "\":[]}",
                "manifest has a field " + name + " (expected: no such name but in its own case)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Digest", "SIZE", "URLs", "Platform", "Data"})
    void withAFieldInAnotherCaseInADescriptor(String name) {

        assertRefused(
                "{\"layers\":[" + LAYER.replace("}", ",\"" + name + "\":null}") + "]}",
                "manifest has a field " + name + " (expected: no such name but in its own case)");
    }

    @ParameterizedTest
    @MethodSource
    void withAValueOfAnotherKind(String json, String message) {
        assertRefused(json, message);
    }

    static Stream<Arguments> withAValueOfAnotherKind() {
        return Stream.of(
                Arguments.of("", "manifest has null where a JSON object should be"),
                Arguments.of("[]", "manifest has START_ARRAY where a JSON object should be"),
                Arguments.of("\"x\"", "manifest has VALUE_STRING where a JSON object should be"),
                Arguments.of("{\"layers\":[]} x", "manifest is not valid JSON: Unrecognized token 'x'"),
                Arguments.of("{\"layers\":[]}{}", "manifest has something after its JSON object"),
                Arguments.of("{\"layers\":{}}", "manifest has START_OBJECT where an array of descriptors should be"),
                Arguments.of("{\"layers\":\"x\"}", "manifest has VALUE_STRING where an array of descriptors should be"),
                Arguments.of(
                        "{\"manifests\":1}",
                        "manifest has VALUE_NUMBER_INT where an array of descriptors should" + " be"),
                Arguments.of("{\"config\":[]}", "manifest has START_ARRAY where a descriptor should be"),
                Arguments.of("{\"layers\":[null]}", "manifest has VALUE_NULL where a descriptor should be"),
                Arguments.of("{\"layers\":[[]]}", "manifest has START_ARRAY where a descriptor should be"),
                Arguments.of("{\"subject\":[]}", "manifest has START_ARRAY where a descriptor should be"),
                Arguments.of("{\"schemaVersion\":\"2\"}", "manifest has VALUE_STRING where a schema version should be"),
                Arguments.of(
                        "{\"schemaVersion\":{\"layers\":[]}}",
                        "manifest has START_OBJECT where a schema version" + " should be"),
                Arguments.of("{\"mediaType\":{}}", "manifest has START_OBJECT where a media type should be"),
                Arguments.of("{\"mediaType\":\"x\"}", "media type: x (expected: type/subtype)"),
                descriptor("{}", "manifest has a descriptor without a digest or a size"),
                descriptor("{\"size\":1}", "manifest has a descriptor without a digest or a size"),
                descriptor("{\"digest\":\"" + DIGEST + "\"}", "manifest has a descriptor without a digest or a size"),
                descriptor("{\"digest\":null}", "digest:  (expected: sha256:[a-f0-9]{64} or sha512:[a-f0-9]{128})"),
                descriptor("{\"digest\":{}}", "manifest has START_OBJECT where a digest should be"),
                descriptor("{\"size\":-1}", "manifest has a size of -1 (expected: >= 0)"),
                descriptor("{\"size\":1.5}", "manifest has VALUE_NUMBER_FLOAT where a size should be"),
                descriptor("{\"size\":\"1\"}", "manifest has VALUE_STRING where a size should be"),
                descriptor(
                        "{\"size\":{\"digest\":\"" + DIGEST + "\",\"size\":1}}",
                        "manifest has START_OBJECT where a" + " size should be"),
                descriptor(
                        "{\"urls\":\"https://example.com\"}",
                        "manifest has VALUE_STRING where an array of URLs" + " should be"),
                descriptor("{\"platform\":\"linux\"}", "manifest has VALUE_STRING where a platform should be"),
                descriptor("{\"platform\":{\"os\":{\"x\":1}}}", "manifest has START_OBJECT where an os should be"));
    }

    private static Arguments descriptor(String json, String message) {
        return Arguments.of("{\"layers\":[" + json + "]}", message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"layers\":[",
                "{\"layers\":[],}",
                "{'layers':[]}",
                "{layers:[]}",
                "{\"layers\":[]/**/}",
                "{\"layers\":[],\"x\":NaN}",
                "{\"layers\":[],\"x\":01}",
                "{\"layers\":[],\"x\":\"\t\"}",
                "{\"layers\":[{\"size\":9223372036854775808}]}",
                "{\"schemaVersion\":2147483648}",
                "<html></html>"
            })
    void asWhatIsNoJson(String json) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("manifest is not valid JSON: ");
    }

    @Test
    void beyondTheLargestSize() {
        byte[] bytes = new byte[Manifest.MAX_SIZE + 1];

        assertThatThrownBy(() -> Manifest.parse(Digest.of(bytes), bytes, MediaType.OCI_MANIFEST))
                .hasMessage("manifest is 4194305 bytes (expected: at most 4194304)");
    }

    @Test
    void beyondTheDeepestNesting() {
        String json = "{\"layers\":[],\"x\":" + "[".repeat(32) + "]".repeat(32) + "}";

        assertThatThrownBy(() -> parse(json))
                .hasMessageContaining("nesting depth (33) exceeds the maximum allowed (32");
    }

    @Test
    void beyondTheMostChildren() {
        String layers = String.join(",", Collections.nCopies(Manifest.MAX_CHILDREN + 1, LAYER));

        assertRefused("{\"layers\":[" + layers + "]}", "manifest names more than 1000 descriptors");
    }

    @Test
    void inAFewWordsWhateverWasSent() {
        String name = "\"" + "x".repeat(40_000) + "\":1";

        assertThatThrownBy(() -> parse("{" + name + "," + name + "}"))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250));
    }

    @Property
    void ofAnyBytesIsReadOrRefused(@ForAll byte[] bytes) {
        assertReadOrRefused(bytes);
    }

    @Property(tries = 2000)
    void ofAnythingThatLooksLikeOneIsReadOrRefused(@ForAll("manifests") String json) {
        assertReadOrRefused(json.getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<String> manifests() {
        return Arbitraries.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        ":",
                        ",",
                        "null",
                        "1",
                        "-1",
                        "2.5",
                        "true",
                        "\"\"",
                        LAYER,
                        "{\"layers\":[",
                        "\"layers\":",
                        "\"manifests\":[",
                        "\"config\":",
                        "\"mediaType\":",
                        "\"schemaVersion\":",
                        "\"digest\":",
                        "\"" + DIGEST + "\"",
                        "\"size\":",
                        "\"urls\":",
                        "\"platform\":{",
                        "\"os\":",
                        "\"application/vnd.oci.image.index.v1+json\"")
                .list()
                .ofMaxSize(20)
                .map(parts -> "{" + String.join("", parts) + "}");
    }

    private static void assertReadOrRefused(byte[] bytes) {
        try {
            assertThat(Manifest.parse(Digest.of(bytes), bytes, MediaType.OCTET_STREAM)
                            .bytes())
                    .isSameAs(bytes);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).hasSizeLessThan(400);
        }
    }

    private static void assertRefused(String json, String message) {
        assertRefused(json, MediaType.OCTET_STREAM, message);
    }

    private static void assertRefused(String json, MediaType claimed, String message) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Manifest.parse(Digest.of(bytes), bytes, claimed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private static Manifest parse(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return Manifest.parse(Digest.of(bytes), bytes, MediaType.OCTET_STREAM);
    }
}
