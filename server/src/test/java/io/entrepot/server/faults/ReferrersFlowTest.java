package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.config.ConfigLoader;
import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.MediaType;
import io.entrepot.server.Mirror;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures and bills of materials through a whole mirror, from registries with and without the referrers API. */
class ReferrersFlowTest {

    private static final String REPOSITORY = "library/alpine";
    private static final String SIGNATURE = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private final TestImage image = ImageBuilder.image().seed(7).layer(1_000).build();
    private final List<TestImage> signatures = List.of(signature(1), signature(2), signature(3));

    @TempDir
    private Path dir;

    private FakeRegistry registry;
    private Mirror mirror;

    @AfterEach
    void stop() {
        mirror.close();
        registry.close();
    }

    @Test
    void comeFromTheApiPageByPage() throws Exception {
        start(FakeRegistry.builder().referrers(2).start());
        signatures.forEach(signature -> registry.push(REPOSITORY, signature));

        assertThat(digests(list("")))
                .containsExactlyInAnyOrderElementsOf(signatures.stream()
                        .map(signature -> signature.digest().toString())
                        .toList());
        assertThat(registry.count("/referrers/")).isEqualTo(2);
        assertThat(list("?artifactType=application/other").text()).contains("\"manifests\":[]");
        assertThat(registry.count("/referrers/")).isEqualTo(2);
    }

    @Test
    void arePulledWithTheirBlobs() throws Exception {
        start(FakeRegistry.builder().referrers(2).start());
        registry.push(REPOSITORY, signatures.get(0));
        String digest = digests(list("")).get(0);

        assertThat(RawHttp.get(path("manifests/" + digest)).status()).isEqualTo(200);
        assertThat(RawHttp.get(path("blobs/" + signatures.get(0).layer(0).digest()))
                        .digest())
                .isEqualTo(signatures.get(0).layer(0).digest());
    }

    @Test
    void comeFromTheFallbackTagWhereThereIsNoApi() throws Exception {
        start(FakeRegistry.start());
        tagged(signatures.get(0));

        assertThat(digests(list(""))).containsExactly(signatures.get(0).digest().toString());
    }

    @Test
    void areNoneWhereNobodySigned() throws Exception {
        start(FakeRegistry.start());

        assertThat(list("").text()).endsWith("\"manifests\":[]}");
    }

    @Test
    void areNotSaidToBeNoneWhenItCannotBeKnown() throws Exception {
        start(FakeRegistry.start());
        registry.fault(Fault.STATUS.status(500).on("/referrers/"));

        assertThat(list("").status()).isEqualTo(503);
    }

    @Test
    void areNotSaidToBeNoneWhenTheTagCannotBeRead() throws Exception {
        start(FakeRegistry.builder().referrers(2).start());
        registry.fault(Fault.STATUS.status(401).on("/manifests/sha256-"));

        Response response = list("");

        assertThat(response.status()).isEqualTo(503);
        assertThat(response.header("Retry-After")).isEqualTo("10");
    }

    @Test
    void areTheLastSeenAfterARestartWithoutTheUpstream() throws Exception {
        start(FakeRegistry.builder().referrers(2).start());
        registry.push(REPOSITORY, signatures.get(0));
        list("");
        mirror.close();
        registry.stop();
        startMirror();

        Response response = list("");

        assertThat(digests(response)).containsExactly(signatures.get(0).digest().toString());
        assertThat(response.header("Warning")).isEqualTo("110 - \"Response is Stale\"");
    }

    private TestImage signature(long seed) {
        return TestImage.referrer(image.descriptor(), SIGNATURE, Blob.seeded(seed, 500));
    }

    private void tagged(TestImage referrer) {
        registry.push(REPOSITORY, referrer);
        String entry = "{\"mediaType\":\"" + MediaType.OCI_MANIFEST + "\",\"digest\":\"" + referrer.digest()
                + "\",\"size\":" + referrer.descriptor().size() + "}";
        byte[] index = ("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":[" + entry
                        + "]}")
                .getBytes(StandardCharsets.UTF_8);
        registry.push(REPOSITORY, "sha256-" + image.digest().hex(), TestImage.raw(MediaType.OCI_INDEX, index));
    }

    private void start(FakeRegistry upstream) throws Exception {
        registry = upstream;
        registry.push(REPOSITORY, "1", image);
        startMirror();
    }

    private void startMirror() throws Exception {
        mirror = Mirror.start(
                ConfigLoader.parse("test", """
                listen: { address: 127.0.0.1, port: 0 }
                admin: { address: 127.0.0.1, port: 0 }
                upstreams: { docker.io: { url: "%s", internal: true } }
                storage: { disk: { path: %s, min-free: 0 } }
                """.formatted(registry.url(), dir.resolve("data/cache")), Map.of()));
    }

    private URI path(String path) {
        return URI.create("http://127.0.0.1:" + mirror.port() + "/v2/docker.io/" + REPOSITORY + "/" + path);
    }

    private Response list(String query) {
        return RawHttp.get(path("referrers/" + image.digest() + query));
    }

    private static List<String> digests(Response response) throws Exception {
        JsonNode index = new ObjectMapper().readTree(response.body());
        return StreamSupport.stream(index.path("manifests").spliterator(), false)
                .map(descriptor -> descriptor.path("digest").asText())
                .toList();
    }
}
