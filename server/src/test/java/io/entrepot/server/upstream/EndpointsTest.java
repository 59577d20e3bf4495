package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.LATEST;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.drain;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.Seen;
import io.entrepot.loadtest.TestImage;
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream.HeadReply;
import io.entrepot.server.upstream.Upstream.ManifestReply;
import io.entrepot.server.upstream.Upstream.ReferrersPage;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An upstream that can be had in two places. */
class EndpointsTest {

    private static final TestImage IMAGE =
            ImageBuilder.image().seed(3).layer(300_000).build();
    private static final Digest LAYER = IMAGE.layer(0).digest();

    private final FakeRegistry first = FakeRegistry.start();
    private final FakeRegistry second = FakeRegistry.start();
    private final List<EndpointsBench> benches = new ArrayList<>();

    @BeforeEach
    void push() {
        first.push("library/alpine", "latest", IMAGE);
        second.push("library/alpine", "latest", IMAGE);
    }

    @AfterEach
    void close() {
        benches.forEach(EndpointsBench::close);
        first.close();
        second.close();
    }

    @Test
    void isAskedInTheFirst() throws Exception {
        Endpoints upstream = open("").upstream;

        assertThat(await(upstream.head(ALPINE, LATEST))).contains(new HeadReply(IMAGE.descriptor(), first.host()));
        assertThat(await(upstream.manifest(ALPINE, LATEST)).endpoint()).isEqualTo(first.host());
        assertThat(second.seen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void isAskedInTheSecondWhereTheFirstCannotSay(int status) throws Exception {
        first.fault(Fault.STATUS.status(status).lasting(Duration.ofHours(1)));

        assertThat(await(open("").upstream.manifest(ALPINE, LATEST)).endpoint()).isEqualTo(second.host());
    }

    @Test
    void spendsNothingInTheSecondForWhoHasAnAnswerAlready() throws Exception {
        first.fault(Fault.STATUS.status(429).lasting(Duration.ofMinutes(10)));
        Endpoints upstream = open("").upstream;

        assertThat(failure(upstream.sparing().head(ALPINE, LATEST)).kind()).isEqualTo(Kind.RATE_LIMITED);
        assertThat(failure(upstream.sparing().manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.WITHHELD);
        assertThat(second.seen()).isEmpty();
        assertThat(await(upstream.manifest(ALPINE, LATEST)).endpoint()).isEqualTo(second.host());
    }

    @Test
    void isAskedInTheSecondAlsoForWhoHasAnAnswerWhereTheFirstFails() throws Exception {
        first.fault(Fault.STATUS.status(500).lasting(Duration.ofHours(1)));

        assertThat(await(open("").upstream.sparing().head(ALPINE, LATEST)))
                .contains(new HeadReply(IMAGE.descriptor(), second.host()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HANG", "NO_ANSWER", "GARBAGE", "PORTAL", "HANG_HEADERS"})
    void isAskedInTheSecondWhereTheFirstDoesNotAnswer(Fault fault) throws Exception {
        first.fault(fault);

        assertThat(await(impatient().upstream.head(ALPINE, LATEST)))
                .contains(new HeadReply(IMAGE.descriptor(), second.host()));
    }

    @ParameterizedTest
    @CsvSource({"404, NOT_FOUND", "401, REFUSED", "403, REFUSED"})
    void isBelievedWhereItSaysNo(int status, Kind kind) throws Exception {
        first.fault(Fault.STATUS.status(status));

        UpstreamException refusal = failure(open("").upstream.manifest(ALPINE, LATEST));

        assertThat(refusal.kind()).isEqualTo(kind);
        assertThat(refusal).hasMessageEndingWith(" (at " + first.host() + ")");
        assertThat(second.seen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 401, 403})
    void isNotBelievedWhereItIsConfiguredSo(int status) throws Exception {
        first.fault(Fault.STATUS.status(status));

        assertThat(await(open("pass-on: [not-found, refused]").upstream.manifest(ALPINE, LATEST))
                        .endpoint())
                .isEqualTo(second.host());
    }

    @Test
    void isNotAbsentWhereWhoCouldKnowDoesNotAnswer() throws Exception {
        first.fault(Fault.STATUS.status(404));
        second.stop();

        UpstreamException failure =
                failure(open("pass-on: [not-found]").upstream.manifest(ALPINE, LATEST));

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure).hasMessageContaining(second.host());
    }

    @Test
    void comesBackSoonestWhereItIsBackSoonest() throws Exception {
        first.fault(Fault.STATUS.status(429).lasting(Duration.ofHours(6)));
        second.fault(Fault.STATUS.status(503).lasting(Duration.ofSeconds(7)));

        assertThat(failure(open("").upstream.manifest(ALPINE, LATEST)).retryAfter())
                .isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void isAskedInTheFirstAgainWhenThatIsFoundToAnswerByNobodysRequest() throws Exception {
        EndpointsBench bench = impatient();
        first.pause();
        await(bench.upstream.head(ALPINE, LATEST));
        first.forgetSeen();
        assertThat(await(bench.upstream.head(ALPINE, LATEST)).orElseThrow().endpoint())
                .isEqualTo(second.host());
        assertThat(first.seen()).isEmpty();

        bench.pass(Duration.ofSeconds(1));
        assertThat(await(bench.upstream.head(ALPINE, LATEST)).orElseThrow().endpoint())
                .isEqualTo(second.host());
        first.awaitCount(1, "GET", "/v2/");
        assertThat(first.count("/v2/library")).isZero();
        first.resume();
        Await.until("the first is asked again", () -> {
            bench.pass(Duration.ofSeconds(10));
            return await(bench.upstream.head(ALPINE, LATEST))
                    .orElseThrow()
                    .endpoint()
                    .equals(first.host());
        });
    }

    @Test
    void isSuspendedOnlyWhereAllAre() throws Exception {
        EndpointsBench bench = impatient();
        first.pause();
        await(bench.upstream.head(ALPINE, LATEST));
        assertThat(bench.upstream.isSuspended()).isFalse();
        second.pause();
        failure(bench.upstream.head(ALPINE, LATEST));

        assertThat(bench.upstream.isSuspended()).isTrue();
        assertThat(failure(bench.upstream.head(ALPINE, LATEST)).kind()).isEqualTo(Kind.SUSPENDED);
        first.resume();
        second.resume();
    }

    @Test
    void isAskedUnderItsPrefix() throws Exception {
        first.push("proxies/hub/library/alpine", "1", IMAGE);
        Endpoints upstream = open("prefix: proxies/hub").upstream;

        await(upstream.manifest(ALPINE, new Reference.Tag("1")));
        assertThat(drain(await(upstream.blob(ALPINE, LAYER, 0, Optional.empty()))))
                .isEqualTo(IMAGE.layer(0).bytes());
        assertThat(first.seen())
                .extracting(Seen::path)
                .containsExactly(
                        "/v2/proxies/hub/library/alpine/manifests/1", "/v2/proxies/hub/library/alpine/blobs/" + LAYER);

        first.stop();
        await(upstream.manifest(ALPINE, LATEST));

        // a request may still have reached it while it stopped
        assertThat(first.seen()).extracting(Seen::path).allMatch(path -> path.startsWith("/v2/proxies/hub/"));
        assertThat(second.seen()).extracting(Seen::path).containsExactly("/v2/library/alpine/manifests/latest");
    }

    @Test
    void isNotAskedForANameThatIsTooLongUnderItsPrefixButTheNextOneIs() throws Exception {
        Repository longest = new Repository(Bench.REGISTRY, "a".repeat(240));
        second.push(longest.path(), "1", IMAGE);
        Endpoints upstream = open("prefix: proxies/hub").upstream;

        assertThat(upstream.thrift(longest)).isEqualTo(Thrift.NONE);
        upstream.saved(longest, UpstreamEvents.Endpoint.MANIFEST);
        assertThat(await(upstream.manifest(longest, new Reference.Tag("1"))).bytes())
                .isEqualTo(IMAGE.manifest());
        assertThat(await(upstream.blobSize(longest, LAYER))).isEqualTo(300_000);
        assertThat(first.seen()).isEmpty();
    }

    /** Nor does asking for it find out whether an endpoint answers again. */
    @Test
    void isNotThereWhereItsNameIsTooLongEverywhere() throws Exception {
        Repository longest = new Repository(Bench.REGISTRY, "a".repeat(240));
        EndpointsBench bench = EndpointsBench.of(parse("""
                endpoints:
                  - { url: "%s", internal: true, prefix: proxies/hub }
                """.formatted(first.url())));
        benches.add(bench);
        first.stop();
        for (int i = 0; i < 5; i++) {
            failure(bench.upstream.head(ALPINE, LATEST));
        }
        bench.pass(Duration.ofSeconds(1));

        assertThat(failure(bench.upstream.tags(longest, 10, Optional.empty())))
                .hasMessage("registry.test: the repository's name is too long there"
                        + " (expected: at most 255 characters, with the prefix proxies/hub)")
                .extracting(UpstreamException::kind)
                .isEqualTo(Kind.NOT_FOUND);
        assertThat(bench.upstream.isSuspended()).isTrue();
        assertThat(failure(bench.upstream.head(ALPINE, LATEST)).kind())
                .as("the next one finds out")
                .isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void isAskedBehindItsPath() throws Exception {
        EndpointsBench bench = EndpointsBench.of(parse("""
                endpoints:
                  - { url: "%s/artifactory/api/docker/hub", internal: true, pass-on: [not-found] }
                  - { url: "%s", internal: true }
                """.formatted(first.url(), second.url())));
        benches.add(bench);

        await(bench.upstream.manifest(ALPINE, LATEST));

        assertThat(first.seen())
                .extracting(Seen::path)
                .containsExactly("/artifactory/api/docker/hub/v2/library/alpine/manifests/latest");
    }

    @Test
    void givesItsLoginToNoOther() throws Exception {
        try (FakeRegistry guarded = FakeRegistry.builder()
                        .auth(TokenAuth.password("kim", "s3cret"))
                        .start();
                EndpointsBench bench = EndpointsBench.of(parse("""
                        shared: true
                        endpoints:
                          - url: "%s"
                            internal: true
                            auth: { username: kim, password: "${env:PASSWORD}" }
                          - { url: "%s", internal: true }
                        """.formatted(guarded.url(), second.url())))) {
            guarded.push("library/alpine", "latest", IMAGE);
            assertThat(await(bench.upstream.manifest(ALPINE, LATEST)).endpoint())
                    .isEqualTo(guarded.host());
            guarded.stop();
            await(bench.upstream.manifest(ALPINE, LATEST));

            assertThat(second.seen())
                    .isNotEmpty()
                    .allSatisfy(seen ->
                            assertThat(seen.headers().has("Authorization")).isFalse());
        }
    }

    @Test
    void sendsTheRestOfABlobThatTheOtherBrokeOff() throws Exception {
        Endpoints upstream = open("").upstream;
        first.fault(Fault.CUT_BODY.at(100_000).on("GET", "/blobs/"));
        BlobReply broken = await(upstream.blob(ALPINE, LAYER, 0, Optional.empty()));
        failure(broken.next().thenCompose(one -> {
            one.ifPresent(ByteBuf::release);
            return drainToFailure(broken);
        }));

        byte[] rest = drain(await(upstream.blob(ALPINE, LAYER, 100_000, broken.validator())));

        assertThat(rest).hasSize(200_000);
        assertThat(second.count("/blobs/")).isEqualTo(1);
        assertThat(second.seen().get(0).headers().has("If-Range")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"WRONG_BLOB", "FLIP_BIT", "WRONG_DIGEST_HEADER"})
    void sendsTheManifestThatTheFirstSentWrong(Fault fault) throws Exception {
        EndpointsBench bench = open("");
        first.fault(fault.on("GET", "/manifests/"));

        ManifestReply reply = await(bench.upstream.manifest(ALPINE, LATEST));

        assertThat(reply.endpoint()).isEqualTo(second.host());
        assertThat(IMAGE.digest().matches(reply.bytes())).isTrue();
        assertThat(bench.incidents).singleElement().isInstanceOfSatisfying(Incident.WrongBytes.class, wrong -> {
            assertThat(wrong.endpoint()).isEqualTo(first.host());
            assertThat(wrong.detail()).startsWith("hashes to sha256:");
        });
    }

    @Test
    void isAskedForAMinuteInTheSecondForWhatTheFirstSentWrong() throws Exception {
        EndpointsBench bench = open("");
        Reference digest = new Reference.ByDigest(IMAGE.digest());
        first.fault(Fault.FLIP_BIT.on("GET", "/manifests/").first(1));
        await(bench.upstream.manifest(ALPINE, digest));
        first.forgetSeen();

        bench.pass(Duration.ofSeconds(59));
        assertThat(await(bench.upstream.manifest(ALPINE, digest)).endpoint()).isEqualTo(second.host());
        assertThat(first.seen()).isEmpty();
        bench.pass(Duration.ofSeconds(2));
        assertThat(await(bench.upstream.manifest(ALPINE, digest)).endpoint()).isEqualTo(first.host());
    }

    @Test
    void isWrongWhereBothAre() throws Exception {
        EndpointsBench bench = open("");
        first.fault(Fault.FLIP_BIT.on("GET", "/manifests/"));
        second.fault(Fault.FLIP_BIT.on("GET", "/manifests/"));

        UpstreamException failure = failure(bench.upstream.manifest(ALPINE, new Reference.ByDigest(IMAGE.digest())));

        assertThat(failure.kind()).isEqualTo(Kind.INVALID);
        assertThat(failure).hasMessageContaining("what came hashes to sha256:");
        assertThat(bench.incidents).hasSize(2).hasOnlyElementsOfType(Incident.WrongBytes.class);
    }

    @Test
    void isNotAbsentWhereTheFirstSentItWrong() throws Exception {
        EndpointsBench bench = EndpointsBench.of(parse("""
                endpoints:
                  - { url: "%s", internal: true }
                  - { url: "%s", internal: true, pass-on: [not-found] }
                """.formatted(first.url(), second.url())));
        benches.add(bench);
        first.fault(Fault.FLIP_BIT.on("GET", "/manifests/"));
        second.delete("library/alpine");

        assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"WRONG_BLOB", "CUT_BODY", "RESET_BODY"})
    void sendsTheSmallBlobThatTheFirstSentWrong(Fault fault) throws Exception {
        EndpointsBench bench = open("");
        Digest config = IMAGE.config().digest();
        first.fault(fault.on("GET", "/blobs/"));

        BlobReply reply = await(bench.upstream.blob(ALPINE, config, 0, Optional.empty()));

        assertThat(reply.endpoint()).isEqualTo(second.host());
        assertThat(config.matches(drain(reply))).isTrue();
        assertThat(bench.incidents).hasSize(fault == Fault.WRONG_BLOB ? 1 : 0);
    }

    @Test
    void isAskedInTheSecondForTheBlobThatWasFoundWrong() throws Exception {
        EndpointsBench bench = open("");
        String from =
                await(bench.upstream.blob(ALPINE, LAYER, 0, Optional.empty())).endpoint();
        assertThat(from).isEqualTo(first.host());

        bench.upstream.sentWrong(LAYER, Set.of(from));
        assertThat(blob(bench)).isEqualTo(second.host());
        bench.upstream.sentWrong(LAYER, Set.of(second.host()));
        assertThat(blob(bench)).as("who was wrong longest ago").isEqualTo(first.host());
        bench.upstream.sentWrong(LAYER, Set.of(first.host()));
        assertThat(blob(bench)).isEqualTo(second.host());
        bench.pass(Duration.ofSeconds(61));
        assertThat(blob(bench)).isEqualTo(first.host());
    }

    private static String blob(EndpointsBench bench) {
        BlobReply reply = await(bench.upstream.blob(ALPINE, LAYER, 0, Optional.empty()));
        assertThat(drain(reply)).hasSize(300_000);
        return reply.endpoint();
    }

    @Test
    void listsReferrersWhereTheirApiIsAndGoesOnWhereItBegan() throws Exception {
        try (FakeRegistry pages = FakeRegistry.builder().referrers(1).start();
                EndpointsBench bench =
                        EndpointsBench.of(parse("""
                        endpoints:
                          - { url: "%s", internal: true }
                          - { url: "%s", internal: true }
                          - { url: "%s", internal: true }
                        """.formatted(first.url(), pages.url(), second.url())))) {
            pages.push("library/alpine", "latest", IMAGE);
            for (int seed = 10; seed < 12; seed++) {
                pages.push(
                        "library/alpine",
                        ImageBuilder.image().seed(seed).subject(IMAGE).build());
            }

            ReferrersPage begun =
                    await(bench.upstream.referrers(ALPINE, IMAGE.digest(), "")).orElseThrow();
            ReferrersPage next = await(bench.upstream.referrers(
                            ALPINE, IMAGE.digest(), begun.next().orElseThrow()))
                    .orElseThrow();

            assertThat(begun.referrers()).hasSize(1);
            assertThat(next.referrers()).hasSize(1).isNotEqualTo(begun.referrers());
            assertThat(pages.count("/referrers/")).isEqualTo(2);
            assertThat(first.count("/referrers/")).isEqualTo(1);
        }
    }

    @Test
    void knowsNothingOfReferrersWhereNoneHasTheirApi() throws Exception {
        assertThat(await(open("").upstream.referrers(ALPINE, IMAGE.digest(), "")))
                .isEmpty();
        second.stop();

        assertThat(failure(open("").upstream.referrers(ALPINE, IMAGE.digest(), ""))
                        .kind())
                .isEqualTo(Kind.UNREACHABLE);
    }

    private static CompletableFuture<Void> drainToFailure(BlobReply reply) {
        return reply.next().thenCompose(bytes -> {
            bytes.ifPresent(ByteBuf::release);
            return drainToFailure(reply);
        });
    }

    private EndpointsBench open(String ofTheFirst) throws ConfigException {
        return open("30s", ofTheFirst);
    }

    /** Where one does not answer, and the other has to in this time. */
    private EndpointsBench impatient() throws ConfigException {
        return open("2s", "");
    }

    private EndpointsBench open(String headers, String ofTheFirst) throws ConfigException {
        EndpointsBench bench = EndpointsBench.of(parse(
                """
                deadlines: { connect: 30s, headers: %s, idle: 30s }
                endpoints:
                  - { url: "%s", internal: true%s }
                  - { url: "%s", internal: true }
                """.formatted(headers, first.url(), ofTheFirst.isEmpty() ? "" : ", " + ofTheFirst, second.url())));
        benches.add(bench);
        return bench;
    }

    private static UpstreamConfig parse(String upstream) throws ConfigException {
        return ConfigLoader.parse(
                        "test", "upstreams:\n  registry.test:\n" + upstream.indent(4), Map.of("PASSWORD", "s3cret"))
                .upstreams()
                .get(Bench.REGISTRY);
    }
}
