package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.LATEST;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.Headers;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference;
import io.entrepot.server.upstream.ScriptedRegistry.Answer;
import io.entrepot.server.upstream.Upstream.ManifestReply;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ManifestTest {

    private final TestImage image = ImageBuilder.image().layer(10).build();
    private final FakeRegistry registry = FakeRegistry.start();
    private final Bench bench = Bench.at(registry.url());

    @BeforeEach
    void push() {
        registry.push("library/alpine", "latest", image);
    }

    @AfterEach
    void close() {
        bench.close();
        registry.close();
    }

    @Test
    void isDescribedByHead() {
        assertThat(await(bench.upstream.head(ALPINE, LATEST))).contains(image.descriptor());
    }

    @Test
    void comesAsItIs() {
        ManifestReply reply = await(bench.upstream.manifest(ALPINE, LATEST));

        assertThat(reply.bytes()).isEqualTo(image.manifest());
        assertThat(reply.mediaType()).isEqualTo(image.mediaType());
        assertThat(reply.claimed()).contains(image.digest());
    }

    @Test
    void isAskedForByDigest() {
        Reference digest = new Reference.ByDigest(image.digest());

        assertThat(await(bench.upstream.manifest(ALPINE, digest)).bytes()).isEqualTo(image.manifest());
        assertThat(registry.count("GET", "/v2/library/alpine/manifests/" + image.digest()))
                .isOne();
    }

    @Test
    void isAskedForWithEveryTypeAndNoCoding() {
        await(bench.upstream.head(ALPINE, LATEST));
        await(bench.upstream.manifest(ALPINE, LATEST));

        assertThat(registry.seen()).hasSize(2).allSatisfy(seen -> {
            Headers headers = seen.headers();
            assertThat(headers.all("Accept"))
                    .containsExactly("application/vnd.oci.image.index.v1+json,"
                            + " application/vnd.oci.image.manifest.v1+json,"
                            + " application/vnd.docker.distribution.manifest.list.v2+json,"
                            + " application/vnd.docker.distribution.manifest.v2+json,"
                            + " application/vnd.oci.artifact.manifest.v1+json;q=0.8, */*;q=0.1");
            assertThat(headers.all("Accept-Encoding")).containsExactly("identity");
            assertThat(headers.first("User-Agent").orElse("")).matches("entrepot/[^ ]+");
            assertThat(headers.has("Authorization")).isFalse();
            assertThat(seen.query()).isEmpty();
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"NO_DIGEST_HEADER", "NO_CONTENT_TYPE", "CHUNKED", "HEAD_REFUSED"})
    void isNotDescribedWhereHeadDoesNotSayAllOfIt(Fault fault) {
        registry.fault(fault);

        assertThat(await(bench.upstream.head(ALPINE, LATEST))).isEmpty();
    }

    @Test
    void isNotDescribedByADigestThatIsNone() throws IOException {
        Answer answer = Answer.of(
                200,
                "Docker-Content-Digest: sha256:../../etc",
                "Content-Type: " + image.mediaType(),
                "Content-Length: 5");
        try (ScriptedRegistry odd = ScriptedRegistry.always(answer);
                Bench other = Bench.at(odd.url())) {
            assertThat(await(other.upstream.head(ALPINE, LATEST))).isEmpty();
        }
    }

    @Test
    void isOfNoSaidTypeWhereTheUpstreamSaysNone() {
        registry.fault(Fault.NO_CONTENT_TYPE);
        registry.fault(Fault.NO_DIGEST_HEADER);

        ManifestReply reply = await(bench.upstream.manifest(ALPINE, LATEST));

        assertThat(reply.mediaType()).isEqualTo(MediaType.OCTET_STREAM);
        assertThat(reply.claimed()).isEmpty();
    }

    @Test
    void losesTheParametersOfItsType() {
        registry.fault(Fault.WRONG_CONTENT_TYPE.text(image.mediaType() + "; charset=utf-8"));

        assertThat(await(bench.upstream.manifest(ALPINE, LATEST)).mediaType()).isEqualTo(image.mediaType());
    }

    @Test
    void mayBeFourMebibytesAndNotAByteMore() {
        pushRaw("most", new byte[Manifest.MAX_SIZE]);
        pushRaw("more", new byte[Manifest.MAX_SIZE + 1]);

        assertThat(await(bench.upstream.manifest(ALPINE, new Reference.Tag("most")))
                        .bytes())
                .hasSize(Manifest.MAX_SIZE);
        assertThat(failure(bench.upstream.manifest(ALPINE, new Reference.Tag("more"))))
                .hasMessageContaining("larger than 4194304 bytes")
                .extracting(UpstreamException::kind)
                .isEqualTo(Kind.INVALID);
    }

    @Test
    void isNeverAWebPage() {
        registry.fault(Fault.PORTAL);

        String expected = "registry.test: answered with a web page (text/html): is 127.0.0.1 a registry?";
        assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)))
                .hasMessage(expected)
                .extracting(UpstreamException::kind)
                .isEqualTo(Kind.INVALID);
        assertThat(failure(bench.upstream.head(ALPINE, LATEST))).hasMessage(expected);
    }

    @Test
    void isNeverTakenInACoding() {
        registry.fault(Fault.CONTENT_ENCODING_GZIP);

        assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)))
                .hasMessage("registry.test: answered with content coding gzip (expected: identity)")
                .extracting(UpstreamException::kind)
                .isEqualTo(Kind.INVALID);
    }

    @Test
    void failsWhereItsBodyIsCut() {
        registry.fault(Fault.CUT_BODY.on("GET", "/manifests/"));

        assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.CUT);
    }

    @Test
    void leavesTheConnectionForTheNextRequest() {
        for (int i = 0; i < 5; i++) {
            await(bench.upstream.head(ALPINE, LATEST));
            await(bench.upstream.manifest(ALPINE, LATEST));
            failure(bench.upstream.manifest(ALPINE, new Reference.Tag("missing")));
        }

        // a second one, if a request comes before the first is back in the pool
        assertThat(registry.seen().stream().map(seen -> seen.connection()).distinct())
                .hasSizeLessThan(5);
    }

    private void pushRaw(String tag, byte[] bytes) {
        Arrays.fill(bytes, " ".getBytes(StandardCharsets.US_ASCII)[0]);
        registry.push("library/alpine", tag, TestImage.raw(MediaType.OCI_MANIFEST, bytes));
    }
}
