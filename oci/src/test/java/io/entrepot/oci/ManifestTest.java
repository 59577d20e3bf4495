package io.entrepot.oci;

import static io.entrepot.oci.MediaType.DOCKER_LIST;
import static io.entrepot.oci.MediaType.DOCKER_MANIFEST;
import static io.entrepot.oci.MediaType.OCI_ARTIFACT;
import static io.entrepot.oci.MediaType.OCI_INDEX;
import static io.entrepot.oci.MediaType.OCI_MANIFEST;
import static io.entrepot.oci.MediaType.OCTET_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read in a manifest. What is refused stands in {@link ManifestRefusalTest}. */
class ManifestTest {

    private static final MediaType CONFIG = MediaType.parse("application/vnd.oci.image.config.v1+json");
    private static final MediaType LAYER = MediaType.parse("application/vnd.oci.image.layer.v1.tar+gzip");
    private static final MediaType DOCKER_CONFIG = MediaType.parse("application/vnd.docker.container.image.v1+json");
    private static final MediaType DOCKER_LAYER = MediaType.parse("application/vnd.docker.image.rootfs.diff.tar.gzip");
    private static final MediaType FOREIGN =
            MediaType.parse("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");

    private static final Descriptor A = new Descriptor(CONFIG, Digest.of(new byte[] {'a'}), 1);
    private static final Descriptor B = new Descriptor(LAYER, Digest.of(new byte[] {'b'}), 4_000_000_000L);
    private static final Descriptor C = new Descriptor(LAYER, Digest.of(new byte[] {'c'}), 0);

    @Test
    void anOciImageIsItsConfigAndItsLayers() {
        Manifest.Image image = image(OCI_MANIFEST, """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s,%s]}
                """.formatted(json(A), json(B), json(C)));

        assertThat(image.config()).containsExactly(A);
        assertThat(image.layers()).containsExactly(B, C);
        assertThat(image.children()).containsExactly(A, B, C);
        assertThat(image.foreign()).isEmpty();
    }

    @Test
    void isDescribedByItsTypeItsDigestAndTheNumberOfItsBytes() {
        byte[] bytes = utf8("{\"layers\":[]}  \n");
        Manifest manifest = Manifest.parse(Digest.of(bytes), bytes, OCI_MANIFEST);

        assertThat(manifest.descriptor()).isEqualTo(new Descriptor(OCI_MANIFEST, Digest.of(bytes), bytes.length));
        assertThat(manifest.bytes()).isSameAs(bytes);
    }

    @Test
    void aDockerImageIsReadTheSame() {
        Descriptor config = new Descriptor(DOCKER_CONFIG, A.digest(), 7);
        Descriptor layer = new Descriptor(DOCKER_LAYER, B.digest(), 8);

        Manifest.Image image = image(DOCKER_MANIFEST, """
                {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",
                 "config":%s,"layers":[%s]}""".formatted(json(config), json(layer)));

        assertThat(image.descriptor().mediaType()).isEqualTo(DOCKER_MANIFEST);
        assertThat(image.children()).containsExactly(config, layer);
    }

    @Test
    void anOciIndexNamesManifestsAndTheirPlatforms() {
        Descriptor amd64 = new Descriptor(OCI_MANIFEST, A.digest(), 1);
        Descriptor arm = new Descriptor(OCI_MANIFEST, B.digest(), 2);
        Descriptor attestation = new Descriptor(OCI_MANIFEST, C.digest(), 3);

        Manifest.Index index = index(OCI_INDEX, """
                {"schemaVersion":2,"manifests":[
                  %s,
                  %s,
                  %s]}""".formatted(
                        with(json(amd64), "\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}"),
                        with(
                                json(arm),
                                "\"platform\":{\"architecture\":\"arm\",\"os\":\"windows\",\"variant\":\"v7\","
                                        + "\"os.version\":\"10.0\",\"os.features\":[\"win32k\"]}"),
                        json(attestation)));

        assertThat(index.entries())
                .containsExactly(
                        new Manifest.Index.Entry(amd64, Platform.parse("linux/amd64")),
                        new Manifest.Index.Entry(arm, new Platform("windows", "arm", "v7", "10.0")),
                        new Manifest.Index.Entry(attestation, Platform.UNSPECIFIED));
        assertThat(index.children()).containsExactly(amd64, arm, attestation);
    }

    @Test
    void aDockerListIsAnIndex() {
        Descriptor child = new Descriptor(DOCKER_MANIFEST, A.digest(), 1);

        assertThat(index(DOCKER_LIST, "{\"schemaVersion\":2,\"manifests\":[" + json(child) + "]}")
                        .children())
                .containsExactly(child);
    }

    @Test
    void anIndexMayNameAnIndex() {
        Descriptor nested = new Descriptor(OCI_INDEX, A.digest(), 1);

        assertThat(index(OCI_INDEX, "{\"manifests\":[" + json(nested) + "]}").children())
                .containsExactly(nested);
    }

    @Test
    void anIndexMayBeEmpty() {
        assertThat(index(OCI_INDEX, "{\"schemaVersion\":2,\"manifests\":[]}").children())
                .isEmpty();
    }

    @Test
    void anArtifactNamesBlobs() {
        assertThat(image(OCI_ARTIFACT, "{\"blobs\":[" + json(B) + "]}").children())
                .containsExactly(B);
    }

    @Test
    void aSubjectIsNoChild() {
        Manifest.Image image =
                image(OCI_MANIFEST, "{\"config\":%s,\"layers\":[],\"subject\":%s}".formatted(json(A), json(B)));

        assertThat(image.children()).containsExactly(A);
    }

    @Test
    void contentThatLiesElsewhereIsForeign() {
        Descriptor layer = new Descriptor(FOREIGN, B.digest(), 5);
        Manifest.Image image = image(
                DOCKER_MANIFEST,
                "{\"config\":%s,\"layers\":[%s,%s]}"
                        .formatted(json(A), with(json(layer), "\"urls\":[\"https://example.com/x\"]"), json(C)));

        assertThat(image.foreign()).containsExactly(layer);
        assertThat(image.layers()).containsExactly(layer, C);
    }

    @Test
    void contentThatLiesElsewhereIsForeignInAnIndexToo() {
        Descriptor child = new Descriptor(OCI_MANIFEST, B.digest(), 5);

        assertThat(index(OCI_INDEX, "{\"manifests\":[" + with(json(child), "\"urls\":[\"x\"]") + "]}")
                        .foreign())
                .containsExactly(child);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"urls\":[]", "\"urls\":null"})
    void contentWithoutAnyUrlIsNotForeign(String urls) {
        assertThat(image(OCI_MANIFEST, "{\"layers\":[" + with(json(B), urls) + "]}")
                        .foreign())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"annotations\":{\"a\":\"b\"}",
                "\"data\":\"e30=\"",
                "\"artifactType\":\"a/b\"",
                "\"x\":[[{\"layers\":[1]}],2]",
                "\"platform\":null",
                "\"platform\":{}",
                "\"platform\":{\"os\":null,\"features\":[\"sse4\"]}"
            })
    void whatAMirrorDoesNotActOnIsSkipped(String field) {
        assertThat(image(OCI_MANIFEST, "{\"layers\":[" + with(json(B), field) + "]," + field + "}")
                        .children())
                .containsExactly(B);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"config\":null,\"layers\":[]}",
                "{\"config\":null,\"layers\":[],\"manifests\":null}",
                "{\"layers\":[],\"mediaType\":null}",
                "{\"layers\":[],\"mediaType\":\"\"}",
                "{\"layers\":[],\"subject\":null}"
            })
    void nullSaysNothing(String json) {
        assertThat(image(OCI_MANIFEST, json).children()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\""})
    void aDescriptorMayNotSayItsType(String type) {
        String layer = json(B).replace("\"" + LAYER + "\"", type);

        assertThat(image(OCI_MANIFEST, "{\"layers\":[" + layer + "]}").layers())
                .containsExactly(new Descriptor(OCTET_STREAM, B.digest(), B.size()));
    }

    @Test
    void theEmptyConfigIsContentLikeAnyOther() {
        Descriptor empty =
                new Descriptor(MediaType.parse("application/vnd.oci.empty.v1+json"), Digest.of(utf8("{}")), 2);

        assertThat(image(OCI_MANIFEST, "{\"config\":" + with(json(empty), "\"data\":\"e30=\"") + ",\"layers\":[]}")
                        .config())
                .containsExactly(empty);
    }

    @Test
    void aSha512IsADigestToo() {
        Descriptor layer = new Descriptor(LAYER, Digest.of(Digest.Algorithm.SHA512, utf8("x")), 1);

        assertThat(image(OCI_MANIFEST, "{\"layers\":[" + json(layer) + "]}").layers())
                .containsExactly(layer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/octet-stream", "application/json", "text/plain", "binary/octet-stream"})
    void takesItsTypeFromItselfWhereNobodySaidIt(String claimed) {
        MediaType nothing = MediaType.parse(claimed);

        assertThat(List.of(
                        image(nothing, "{\"layers\":[]}"),
                        index(nothing, "{\"manifests\":[]}"),
                        image(nothing, "{\"layers\":[],\"mediaType\":\"" + DOCKER_MANIFEST + "\"}"),
                        index(nothing, "{\"manifests\":[],\"mediaType\":\"" + DOCKER_LIST + "\"}")))
                .extracting(manifest -> manifest.descriptor().mediaType())
                .containsExactly(OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST);
    }

    @Test
    void mayBeAsLargeAsTheBound() {
        String json = "{\"layers\":[],\"x\":\"%s\"}";
        String largest = json.formatted("x".repeat(Manifest.MAX_SIZE - json.length() + 2));

        assertThat(image(OCI_MANIFEST, largest).descriptor().size()).isEqualTo(Manifest.MAX_SIZE);
    }

    @Test
    void mayBeAsDeepAsTheBound() {
        String deepest = "{\"layers\":[],\"x\":" + "[".repeat(31) + "]".repeat(31) + "}";

        assertThat(image(OCI_MANIFEST, deepest).children()).isEmpty();
    }

    @Test
    void mayHaveAsManyChildrenAsTheBound() {
        String layers = String.join(",", Collections.nCopies(Manifest.MAX_CHILDREN, json(B)));

        assertThat(image(OCI_MANIFEST, "{\"layers\":[" + layers + "]}").children())
                .hasSize(Manifest.MAX_CHILDREN);
    }

    private static Manifest.Image image(MediaType claimed, String json) {
        return (Manifest.Image) Manifest.parse(Digest.of(utf8(json)), utf8(json), claimed);
    }

    private static Manifest.Index index(MediaType claimed, String json) {
        return (Manifest.Index) Manifest.parse(Digest.of(utf8(json)), utf8(json), claimed);
    }

    private static String json(Descriptor descriptor) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
                .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size());
    }

    private static String with(String descriptor, String field) {
        return descriptor.substring(0, descriptor.length() - 1) + "," + field + "}";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
