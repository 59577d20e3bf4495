package io.entrepot.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.config.ConfigLoader;
import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.server.Mirror;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the official conformance suite of the distribution spec asserts about pull and content discovery, on a whole mirror before
 * a seeded upstream; and, which the suite leaves out when it may not push, that the bytes are those that were pushed.
 */
class ConformanceTest {

    private static final String REPOSITORY = "conformance/repo1";
    private static final String SIGNATURE = "application/vnd.example.signature";
    private static final String SBOM = "application/vnd.example.sbom";
    private static final String ACCEPT = "Accept: " + MediaType.OCI_INDEX + ", " + MediaType.OCI_MANIFEST;
    private static final Digest ABSENT = Digest.of("nothing".getBytes(StandardCharsets.UTF_8));

    private static final TestImage FIRST =
            ImageBuilder.image().seed(1).layer(50_000).build();
    private static final TestImage SECOND =
            ImageBuilder.image().seed(2).layer(0).build();
    private static final TestImage INDEX =
            ImageBuilder.index().add(FIRST).add(SECOND).build();
    private static final List<TestImage> ARTIFACTS = List.of(artifact(SIGNATURE, 1), artifact(SBOM, 2));
    private static final Map<String, TestImage> TAGS = Map.of("a", FIRST, "b", SECOND, "c", FIRST, "idx", INDEX);

    /** One for all: nothing here changes it. */
    private static FakeRegistry registry;

    private static Mirror mirror;

    @BeforeAll
    static void start(@TempDir Path dir) throws Exception {
        registry = FakeRegistry.builder().referrers(1).tagPage(3).start();
        TAGS.forEach((tag, image) -> registry.push(REPOSITORY, tag, image));
        ARTIFACTS.forEach(artifact -> registry.push(REPOSITORY, artifact));
        mirror = Mirror.start(
                ConfigLoader.parse("test", """
                listen: { address: 127.0.0.1, port: 0 }
                admin: { address: 127.0.0.1, port: 0 }
                upstreams: { docker.io: { url: "%s", internal: true } }
                storage: { disk: { path: %s, min-free: 0 } }
                """.formatted(registry.url(), dir.resolve("data/cache")), Map.of()));
    }

    @AfterAll
    static void stop() {
        mirror.close();
        registry.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/", "/v2"})
    void pings(String path) {
        Response response = RawHttp.get(uri(path));

        assertThat(response.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @MethodSource("tags")
    void givesAManifestByItsTag(String tag) {
        assertManifest("manifests/" + tag, TAGS.get(tag));
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void givesAManifestByItsDigest(TestImage image) {
        assertManifest("manifests/" + image.digest(), image);
    }

    @ParameterizedTest
    @MethodSource("blobs")
    void givesABlobByItsDigest(Blob blob) {
        Response head = RawHttp.head(path("blobs/" + blob.digest()));
        Response get = RawHttp.get(path("blobs/" + blob.digest()));

        assertThat(List.of(head, get)).allSatisfy(response -> {
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("Content-Length"))
                    .isEqualTo(Long.toString(blob.descriptor().size()));
            assertThat(response.header("Docker-Content-Digest"))
                    .isEqualTo(blob.digest().toString());
        });
        assertThat(head.body()).isEmpty();
        assertThat(get.digest()).isEqualTo(blob.digest());
    }

    @Test
    void givesARangeOfABlob() {
        Blob blob = FIRST.layer(0);
        byte[] whole = RawHttp.get(path("blobs/" + blob.digest())).body();
        Response part = RawHttp.get(path("blobs/" + blob.digest()), "Range: bytes=100-199");

        assertThat(part.status()).isEqualTo(206);
        assertThat(part.header("Content-Range")).isEqualTo("bytes 100-199/" + whole.length);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole, 100, 200));
    }

    @ParameterizedTest
    @MethodSource("absent")
    void saysOfWhatIsMissingThatItIs(String path) {
        assertThat(RawHttp.head(path(path), ACCEPT).status()).isEqualTo(404);
        Response get = RawHttp.get(path(path), ACCEPT);

        assertThat(get.status()).isEqualTo(404);
        assertThat(code(get)).isEqualTo(path.startsWith("blobs/") ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"manifests/sha256:baddigeststring", "blobs/sha256:baddigeststring", "blobs/sha256:", "blobs/x"})
    void refusesADigestThatIsNone(String path) {
        assertThat(RawHttp.get(path(path), ACCEPT).status()).isIn(400, 404);
        assertThat(RawHttp.head(path(path), ACCEPT).status()).isIn(400, 404);
    }

    @Test
    void refusesToListReferrersOfADigestThatIsNone() {
        assertThat(RawHttp.get(path("referrers/sha256:baddigeststring")).status())
                .isEqualTo(400);
    }

    @Test
    void listsEveryTagInOrderAsItsPagesAreFollowed() {
        Response first = RawHttp.get(path("tags/list"));
        Response second = RawHttp.get(next(first));

        assertThat(json(first).path("name").asText()).endsWith(REPOSITORY);
        assertThat(Stream.concat(listed(first).stream(), listed(second).stream()))
                .containsExactly("a", "b", "c", "idx");
        assertThat(second.header("Link")).isEmpty();
    }

    @Test
    void listsAsManyTagsAsAreAskedFor() {
        Response first = RawHttp.get(path("tags/list?n=2"));

        assertThat(listed(first)).containsExactly("a", "b");
        assertThat(listed(RawHttp.get(next(first)))).containsExactly("c", "idx");
    }

    @Test
    void listsNoTagWhenNoneIsAskedFor() {
        assertThat(listed(RawHttp.get(path("tags/list?n=0")))).isEmpty();
    }

    @Test
    void listsTheTagsAfterTheLastThatIsKnown() {
        assertThat(listed(RawHttp.get(path("tags/list?last=b")))).containsExactly("c", "idx");
        assertThat(listed(RawHttp.get(path("tags/list?n=1&last=b")))).containsExactly("c");
    }

    @Test
    void listsReferrersAsAnIndex() {
        Response list = referrers(FIRST.digest(), "");

        assertThat(digests(list))
                .containsExactlyInAnyOrderElementsOf(
                        ARTIFACTS.stream().map(TestImage::digest).toList());
        assertThat(json(list).path("manifests")).allSatisfy(descriptor -> {
            assertThat(descriptor.path("mediaType").asText()).isEqualTo(MediaType.OCI_MANIFEST.value());
            assertThat(descriptor.path("artifactType").asText()).isIn(SIGNATURE, SBOM);
            assertThat(descriptor.path("size").asLong()).isPositive();
        });
    }

    @Test
    void listsReferrersOfOneTypeAndSaysSo() {
        Response list = referrers(FIRST.digest(), "?artifactType=" + SBOM);

        assertThat(digests(list)).containsExactly(ARTIFACTS.get(1).digest());
        assertThat(list.header("OCI-Filters-Applied")).isEqualTo("artifactType");
    }

    /** Also of what is not there: a subject may come after what refers to it. */
    @Test
    void listsNoReferrersWhereThereAreNone() {
        assertThat(digests(referrers(SECOND.digest(), ""))).isEmpty();
        assertThat(digests(referrers(ABSENT, ""))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE"})
    void takesNothing(String method) {
        String path = method.equals("POST") ? "blobs/uploads/" : "manifests/a";

        assertThat(RawHttp.exchange(method, path(path)).status()).isEqualTo(405);
    }

    static Stream<String> tags() {
        return TAGS.keySet().stream().sorted();
    }

    static Stream<TestImage> manifests() {
        return Stream.concat(Stream.of(FIRST, SECOND, INDEX), ARTIFACTS.stream());
    }

    static Stream<Blob> blobs() {
        return Stream.of(FIRST.config(), FIRST.layer(0), SECOND.config(), SECOND.layer(0));
    }

    static Stream<String> absent() {
        return Stream.of("manifests/missing-tag", "manifests/" + ABSENT, "blobs/" + ABSENT);
    }

    private static TestImage artifact(String type, long seed) {
        return TestImage.referrer(FIRST.descriptor(), type, Blob.seeded(seed, 500));
    }

    private static void assertManifest(String path, TestImage image) {
        Response head = RawHttp.head(path(path), ACCEPT);
        Response get = RawHttp.get(path(path), ACCEPT);

        assertThat(List.of(head, get)).allSatisfy(response -> {
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("Content-Type"))
                    .isEqualTo(image.descriptor().mediaType().value());
            assertThat(response.header("Content-Length"))
                    .isEqualTo(Long.toString(image.descriptor().size()));
            assertThat(response.header("Docker-Content-Digest"))
                    .isEqualTo(image.digest().toString());
        });
        assertThat(head.body()).isEmpty();
        assertThat(get.digest()).isEqualTo(image.digest());
    }

    private static Response referrers(Digest subject, String query) {
        Response list = RawHttp.get(path("referrers/" + subject + query));
        assertThat(list.status()).isEqualTo(200);
        assertThat(list.header("Content-Type")).isEqualTo(MediaType.OCI_INDEX.value());
        assertThat(json(list).path("mediaType").asText()).isEqualTo(MediaType.OCI_INDEX.value());
        assertThat(json(list).path("schemaVersion").asInt()).isEqualTo(2);
        return list;
    }

    private static List<Digest> digests(Response index) {
        return StreamSupport.stream(json(index).path("manifests").spliterator(), false)
                .map(descriptor -> Digest.parse(descriptor.path("digest").asText()))
                .toList();
    }

    private static List<String> listed(Response tags) {
        assertThat(tags.status()).isEqualTo(200);
        return StreamSupport.stream(json(tags).path("tags").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static String code(Response error) {
        return json(error).path("errors").path(0).path("code").asText();
    }

    private static JsonNode json(Response response) {
        try {
            return new ObjectMapper().readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError(response.text(), e);
        }
    }

    /** Where {@code Link: <...>; rel="next"} points. */
    private static URI next(Response page) {
        return uri("/").resolve(page.header("Link").replaceFirst("^<([^>]*)>; rel=\"next\"$", "$1"));
    }

    private static URI path(String path) {
        return uri("/v2/docker.io/" + REPOSITORY + "/" + path);
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + mirror.port() + path);
    }
}
