package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.Headers;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Digest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** F06–F08, F14–F20, F28: what is held, and what an upstream can do about it. */
class CachedContentTest extends FaultFixture {

    private static final String ASKED_EACH_TIME = "tags: [ { match: \"**\", fresh: 0s, stale: 1h, wait: 60s } ]\n";
    private static final String WAITING_LITTLE = "tags: [ { match: \"**\", fresh: 0s, stale: 1h, wait: 200ms } ]\n";

    @Test
    void servesWhatItHoldsWhenTheUpstreamIsGone() throws Exception {
        pullManifest();
        assertWhole(pullBlob());
        RawHttp.get(blob(image.config().digest()));
        registry.stop();
        restart("");

        assertThat(RawHttp.get(manifest("1")).body()).isEqualTo(image.manifest());
        assertThat(RawHttp.get(manifest(image.digest())).body()).isEqualTo(image.manifest());
        assertWhole(pullBlob());
    }

    @Test
    void asksNothingTwiceAfterACleanRestart() throws Exception {
        pullManifest();
        assertWhole(pullBlob());
        registry.forgetSeen();
        restart("");

        pullManifest();
        assertWhole(pullBlob());
        assertThat(registry.seen()).isEmpty();
    }

    @Test
    void fetchesOnceForFiftyClientsOfAColdImage() {
        List<CompletableFuture<Response>> manifests = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            manifests.add(pulling(manifest("1")));
        }
        assertThat(manifests)
                .allSatisfy(response -> assertThat(response.join().body()).isEqualTo(image.manifest()));
        List<CompletableFuture<Response>> blobs = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            blobs.add(pulling(blob(layer)));
        }

        assertThat(blobs).allSatisfy(response -> assertWhole(response.join()));
        assertThat(registry.count("/manifests/")).isEqualTo(1);
        assertThat(registry.count("/blobs/" + layer)).isEqualTo(1);
    }

    @Test
    void findsAnEqualSizeCorruptionBeforeTheEndIsOutAndHeals() throws Exception {
        pullManifest();
        assertWhole(pullBlob());
        eventually(() -> assertThat(pullBlob().header("X-Entrepot-Cache")).isEqualTo("hit"));
        corrupt(layer, 5_000);
        registry.stop();

        Response broken = pullBlob();
        assertThat(broken.status() == 503 || !broken.complete()).isTrue();

        registry.restart();
        eventually(() -> assertWhole(pullBlob()));
    }

    @Test
    void keepsABlobForEveryRepositoryThatHasIt() {
        registry.push("library/other", "1", image);
        pullManifest();
        assertWhole(pullBlob());
        assertThat(RawHttp.get(path("library/other/manifests/1")).status()).isEqualTo(200);

        assertThat(RawHttp.get(path("library/other/blobs/" + layer)).digest()).isEqualTo(layer);
        assertThat(registry.count("GET", "/blobs/" + layer)).isEqualTo(1);
    }

    @Test
    void givesContentOfOneRepositoryToAnotherOnlyIfTheUpstreamDoes() {
        registry.push(
                "library/secretless",
                "1",
                ImageBuilder.image().seed(8).layer(10).build());
        pullManifest();
        assertWhole(pullBlob());

        assertThat(RawHttp.get(path("library/secretless/blobs/" + layer)).status())
                .isEqualTo(404);
        assertThat(RawHttp.get(path("library/secretless/manifests/" + image.digest()))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void passesThroughWhatTheStoreIsTooSmallFor() throws Exception {
        mirror = startMirror(
                "storage: { disk: { path: " + dir.resolve("small/cache") + ", max-size: 500KB, min-free: 0 } }");
        pullManifest();

        assertWhole(pullBlob());
        Response range = RawHttp.get(blob(layer), "Range: bytes=10-19");
        assertThat(range.status()).isEqualTo(206);
        assertThat(range.body()).isEqualTo(java.util.Arrays.copyOfRange(bytes, 10, 20));
        registry.fault(Fault.FLIP_BIT.on("GET", "/blobs/"));
        assertCutShort(pullBlob());
    }

    @Test
    void answersHeadAsGetInEveryState() {
        List<URI> all = new ArrayList<>(List.of(manifest("1"), manifest(image.digest()), manifest("absent")));
        all.addAll(List.of(blob(layer), blob(image.config().digest()), blob(Digest.of(new byte[0]))));
        for (int round = 0; round < 2; round++) {
            for (URI uri : all) {
                Response head = RawHttp.head(uri);
                Response get = RawHttp.get(uri);

                assertThat(head.status()).as(uri.toString()).isEqualTo(get.status());
                assertThat(compared(head)).as(uri.toString()).isEqualTo(compared(get));
            }
        }
    }

    private static List<Headers.Line> compared(Response response) {
        Set<String> told = Set.of("date", "x-entrepot-cache");
        return response.headers().lines().stream()
                .filter(line -> !told.contains(line.name().toLowerCase(java.util.Locale.ROOT)))
                .toList();
    }

    @Test
    void servesOneDigestForEachRequestWhereTheTagMovesAtEveryCall() throws Exception {
        mirror = startMirror(ASKED_EACH_TIME + otherStore());
        registry.fault(Fault.MOVE_TAG_EACH_CALL.on("/manifests/1"));
        for (int i = 0; i < 5; i++) {
            Response got = RawHttp.get(manifest("1"));

            assertThat(got.status()).isEqualTo(200);
            assertThat(got.header("Docker-Content-Digest"))
                    .isEqualTo(got.digest().toString());
        }
    }

    @Test
    void servesAnIndexByteForByteAndItsChildrenWhenAskedFor() {
        TestImage arm =
                ImageBuilder.image().seed(8).platform("linux/arm64").layer(10).build();
        TestImage index = ImageBuilder.index().add(image).add(arm).build();
        registry.push(REPOSITORY, "multi", index);
        Response got = RawHttp.get(manifest("multi"));
        assertThat(got.body()).isEqualTo(index.manifest());
        assertThat(RawHttp.get(manifest(image.digest())).body()).isEqualTo(image.manifest());
        registry.stop();

        assertThat(RawHttp.get(manifest(index.digest())).body()).isEqualTo(index.manifest());
        assertThat(RawHttp.get(manifest(image.digest())).status()).isEqualTo(200);
        assertThat(RawHttp.get(manifest(arm.digest())).status()).isEqualTo(503);
    }

    @Test
    void keepsDigestsAndForgetsATagThatTheUpstreamDeleted() throws Exception {
        mirror = startMirror(ASKED_EACH_TIME + otherStore());
        pullManifest();
        assertWhole(pullBlob());
        registry.delete(REPOSITORY);

        assertThat(RawHttp.get(manifest("1")).status()).isEqualTo(404);
        assertThat(RawHttp.get(manifest(image.digest())).status()).isEqualTo(200);
        assertWhole(pullBlob());
    }

    @Test
    void keepsATagThatTheUpstreamDeletedWhereThatIsSaid() throws Exception {
        mirror = startMirror(
                "tags: [ { match: \"**\", fresh: 0s, stale: 1h, wait: 60s, stale-on-404: true } ]\n" + otherStore());
        pullManifest();
        assertWhole(pullBlob());
        registry.delete(REPOSITORY);

        assertThat(RawHttp.get(manifest("1")).header("X-Entrepot-Cache")).isEqualTo("stale");
        assertThat(RawHttp.get(manifest(image.digest())).status()).isEqualTo(200);
        assertWhole(pullBlob());
    }

    @Test
    void keepsATagWhereHeadIsRefused() throws Exception {
        mirror = startMirror(ASKED_EACH_TIME + otherStore());
        registry.fault(Fault.HEAD_REFUSED);
        pullManifest();
        registry.push(REPOSITORY, "1", ImageBuilder.image().seed(9).layer(10).build());

        Response kept = RawHttp.get(manifest("1"));

        assertThat(kept.body()).isEqualTo(image.manifest());
        assertThat(kept.header("X-Entrepot-Cache")).isEqualTo("stale");
        assertThat(kept.header("Warning")).startsWith("110 ");
        assertThat(registry.count("GET", "/manifests/1")).isEqualTo(1);
    }

    @Test
    void asksByGetWhereHeadIsRefusedAndThatIsSaid() throws Exception {
        mirror = startMirror(
                "tags: [ { match: \"**\", fresh: 0s, stale: 1h, wait: 60s, ask-by-get: true } ]\n" + otherStore());
        registry.fault(Fault.HEAD_REFUSED);
        pullManifest();
        TestImage moved = ImageBuilder.image().seed(9).layer(10).build();
        registry.push(REPOSITORY, "1", moved);

        assertThat(RawHttp.get(manifest("1")).body()).isEqualTo(moved.manifest());
        assertThat(registry.count("HEAD", "/manifests/1")).isZero();
    }

    @Test
    void gainsNothingFromAMediaTypeThatContradictsTheManifest() {
        registry.fault(Fault.WRONG_CONTENT_TYPE
                .text("application/vnd.oci.image.index.v1+json")
                .on("GET", "/manifests/")
                .first(1));

        assertThat(RawHttp.get(manifest("1")).status()).isEqualTo(502);
        assertThat(RawHttp.get(manifest("1")).status()).isEqualTo(200);
    }

    @Test
    void readsTheTypeFromTheManifestWhereTheUpstreamSaysNone() {
        registry.fault(Fault.NO_CONTENT_TYPE.on("GET", "/manifests/"));

        assertThat(RawHttp.get(manifest("1")).header("Content-Type"))
                .isEqualTo(image.mediaType().value());
    }

    @Test
    void givesTheTrueTypeOfAManifestUnderBlobs() {
        pullManifest();

        Response got = RawHttp.get(blob(image.digest()));

        assertThat(got.header("Content-Type")).isEqualTo(image.mediaType().value());
        assertThat(got.body()).isEqualTo(image.manifest());
    }

    @Test
    void refusesAManifestWithAWrongDigestHeader() {
        registry.fault(Fault.WRONG_DIGEST_HEADER.on("GET", "/manifests/"));

        assertThat(RawHttp.get(manifest("1")).status()).isEqualTo(502);
    }

    @Test
    void refusesAManifestThatIsAWebPage() {
        registry.fault(Fault.PORTAL.on("/manifests/"));

        Response refused = RawHttp.head(manifest("1"));

        assertThat(refused.status()).isEqualTo(502);
        assertThat(refused.reason()).contains("web page");
    }

    @ParameterizedTest
    @CsvSource({"401, 403", "403, 403", "404, 404", "429, 503", "500, 503", "503, 503"})
    void tellsTruthfullyWhatTheUpstreamSaid(int upstream, int told) {
        registry.fault(
                Fault.STATUS.status(upstream).lasting(Duration.ofSeconds(77)).on("/manifests/"));

        Response get = RawHttp.get(manifest("1"));

        assertThat(get.status()).isEqualTo(told);
        if (upstream == 429) {
            assertThat(get.header("Retry-After")).isEqualTo("77");
            assertThat(get.reason()).contains("rate limit");
        }
    }

    @ParameterizedTest
    @CsvSource({"401", "403", "429", "500", "503"})
    void servesStaleWhereTheUpstreamCannotSay(int status) throws Exception {
        mirror = startMirror(ASKED_EACH_TIME + otherStore());
        pullManifest();
        registry.fault(Fault.STATUS.status(status).on("/manifests/"));

        Response stale = RawHttp.get(manifest("1"));

        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.body()).isEqualTo(image.manifest());
        assertThat(stale.header("Warning")).startsWith("110");
        assertThat(stale.header("X-Entrepot-Cache")).isEqualTo("stale");
    }

    @ParameterizedTest
    @CsvSource({"HANG", "NO_ANSWER", "GARBAGE", "HANG_HEADERS"})
    void servesStaleWhereTheUpstreamDoesNotAnswer(Fault fault) throws Exception {
        mirror = startMirror(WAITING_LITTLE + otherStore());
        pullManifest();
        registry.fault(fault.on("/manifests/"));

        assertThat(RawHttp.get(manifest("1")).header("X-Entrepot-Cache")).isEqualTo("stale");
    }

    @Test
    void doesNotRememberAFailureAsAnAbsence() {
        registry.fault(Fault.STATUS.status(500).on("/manifests/").first(1));
        assertThat(RawHttp.get(manifest("1")).status()).isEqualTo(503);

        assertThat(RawHttp.get(manifest("1")).status()).isEqualTo(200);
    }

    @Test
    void keepsAnEmptyBlobToo() {
        TestImage empty = ImageBuilder.image().seed(9).layer(new byte[0]).build();
        registry.push(REPOSITORY, "empty", empty);
        RawHttp.get(manifest("empty"));
        Digest nothing = empty.layer(0).digest();

        Response first = RawHttp.get(blob(nothing));

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.complete()).isTrue();
        assertThat(first.body()).isEmpty();
        eventually(() -> assertThat(RawHttp.get(blob(nothing)).header("X-Entrepot-Cache"))
                .isEqualTo("hit"));
        assertThat(registry.count("GET", "/blobs/" + nothing)).isEqualTo(1);
    }

    /** F07: room for a fifth of what is asked for, so that each download evicts what others read. */
    @Test
    void cutsNobodyShortWhileItEvicts() throws Exception {
        TestImage many = image(20, 400_000);
        registry.push(REPOSITORY, "many", many);
        restart("storage: { disk: { path: %s, min-free: 0, max-size: 1600000 } }".formatted(store()));
        assertThat(RawHttp.get(manifest("many")).status()).isEqualTo(200);
        List<CompletableFuture<Response>> readers = new ArrayList<>();
        List<Digest> asked = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            asked.add(many.layer(i * 7 % 20).digest());
            readers.add(pulling(blob(asked.get(i))));
        }

        for (int i = 0; i < 200; i++) {
            Response read = readers.get(i).join();
            assertThat(read.status()).as(read.text()).isEqualTo(200);
            assertThat(read.digest()).isEqualTo(asked.get(i));
        }
        eventually(() -> assertThat(store().resolve("tmp")).isEmptyDirectory());
    }

    private static TestImage image(int layers, long size) {
        ImageBuilder builder = ImageBuilder.image().seed(70);
        for (int i = 0; i < layers; i++) {
            builder = builder.layer(size + i);
        }
        return builder.build();
    }

    @Test
    void doesNotTakeWhatIsNoBlobForAnAbsentManifest() {
        assertThat(RawHttp.get(blob(image.digest())).status()).isEqualTo(404);

        assertThat(RawHttp.get(manifest(image.digest())).status()).isEqualTo(200);
    }
}
