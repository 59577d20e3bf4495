package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.LATEST;
import static io.entrepot.server.upstream.Bench.LOGIN;
import static io.entrepot.server.upstream.Bench.NOBODY;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.drain;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.Seen;
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.server.upstream.ScriptedRegistry.Answer;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** F26 and what storage behind a registry does: redirects are followed where they may lead, and say nothing of us there. */
class RedirectTest {

    private static final Blob BLOB = Blob.seeded(11, 10_000);

    @Test
    void followsToStorageWithoutTellingItWhoWeAre() {
        try (FakeRegistry registry = redirecting();
                Bench bench = Bench.redirecting(registry.url(), LOGIN, "127.0.0.1")) {
            assertThat(drain(await(blob(bench, 0)))).isEqualTo(BLOB.bytes());

            assertThat(registry.seen())
                    .filteredOn(seen -> seen.host().equals("storage"))
                    .singleElement()
                    .satisfies(seen ->
                            assertThat(seen.headers().has("Authorization")).isFalse());
        }
    }

    @Test
    void keepsTheRangeOnTheWayToStorage() {
        try (FakeRegistry registry = redirecting();
                Bench bench = Bench.redirecting(registry.url(), LOGIN, "127.0.0.1")) {
            BlobReply reply = await(blob(bench, 9_000));

            assertThat(reply.from()).isEqualTo(9_000);
            assertThat(drain(reply)).hasSize(1_000);
        }
    }

    @Test
    void asksTheRegistryForANewAddressEachTime() {
        try (FakeRegistry registry = redirecting();
                Bench bench = Bench.redirecting(registry.url(), LOGIN, "127.0.0.1")) {
            drain(await(blob(bench, 0)));
            registry.expirePresigned();
            drain(await(blob(bench, 5_000)));

            assertThat(registry.seen())
                    .filteredOn(seen -> seen.host().equals("storage"))
                    .extracting(Seen::status)
                    .containsExactly(200, 206);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 410})
    void asksTheRegistryOnceMoreWhereStorageRefusesAnAddress(int status) {
        try (FakeRegistry registry = redirecting();
                Bench bench = Bench.redirecting(registry.url(), LOGIN, "127.0.0.1")) {
            registry.fault(Fault.STATUS.on("/store/").status(status).first(1));

            assertThat(drain(await(blob(bench, 0)))).isEqualTo(BLOB.bytes());
            assertThat(registry.tokenRequests()).isOne();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, FAILED, 2",
        "401, FAILED, 2",
        "403, FAILED, 2",
        "410, FAILED, 2",
        "404, NOT_FOUND, 1",
        "429, RATE_LIMITED, 1",
        "503, FAILED, 1",
        "418, INVALID, 1"
    })
    void asksNotAThirdTimeAndSaysNothingOfOurRights(int status, Kind kind, int times) {
        try (FakeRegistry registry = redirecting();
                Bench bench = Bench.redirecting(registry.url(), LOGIN, "127.0.0.1")) {
            registry.fault(Fault.STATUS.on("/store/").status(status));

            UpstreamException failure = failure(blob(bench, 0));

            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure).hasMessageStartingWith("registry.test: its storage 127.0.0.1: " + status);
            assertThat(registry.count("/store/")).isEqualTo(times);
            assertThat(registry.tokenRequests()).isOne();
        }
    }

    @Test
    void repeatsNothingThatAStrangerWrites() throws IOException {
        Answer words = Answer.json(403, "{\"errors\":[{\"message\":\"secrets of the metadata server\"}]}");
        try (ScriptedRegistry stranger = ScriptedRegistry.always(words);
                FakeRegistry registry = FakeRegistry.start();
                Bench bench = Bench.redirecting(registry.url(), NOBODY, "127.0.0.1")) {
            registry.fault(Fault.REDIRECT_TO.text(stranger.url() + "/x?signature=1"));

            assertThat(failure(blob(bench, 0))).hasMessage("registry.test: its storage 127.0.0.1: 403 access refused");
        }
    }

    @Test
    void answersNoChallengeOfAStranger() throws IOException {
        Answer challenge = Answer.of(401, "WWW-Authenticate: Basic realm=\"give\"");
        try (ScriptedRegistry stranger = ScriptedRegistry.always(challenge);
                FakeRegistry registry = FakeRegistry.start();
                Bench bench = Bench.redirecting(registry.url(), LOGIN, "127.0.0.1")) {
            registry.fault(Fault.REDIRECT_TO.text(stranger.url() + "/x"));

            assertThat(failure(blob(bench, 0)).kind()).isEqualTo(Kind.FAILED);
            assertThat(stranger.seen())
                    .isNotEmpty()
                    .allSatisfy(request ->
                            assertThat(request.header("Authorization")).isEmpty());
        }
    }

    @Test
    void answersAChallengeBehindARedirectOnTheSameHost() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.of(request -> {
                    if (request.isFor("/v2/library/")) {
                        return Answer.of(307, "Location: /v2/moved/manifests/latest");
                    }
                    return request.header("Authorization").isEmpty()
                            ? Answer.of(401, "WWW-Authenticate: Basic realm=\"x\"")
                            : Answer.json(200, "{}");
                });
                Bench bench = Bench.at(registry.url(), LOGIN)) {
            assertThat(await(bench.upstream.manifest(ALPINE, LATEST)).bytes()).hasSize(2);
        }
    }

    @Test
    void followsARedirectOfAManifest() throws IOException {
        Answer manifest = Answer.json(200, "{}");
        try (ScriptedRegistry other = ScriptedRegistry.always(manifest);
                FakeRegistry registry = FakeRegistry.start();
                Bench bench = Bench.redirecting(registry.url(), NOBODY, "127.0.0.1")) {
            registry.fault(Fault.REDIRECT_TO.text(other.url() + "/v2/elsewhere/manifests/latest"));

            assertThat(await(bench.upstream.manifest(ALPINE, LATEST)).bytes()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:CANARY/x",
                "http://localhost:CANARY/x",
                "http://[::1]:CANARY/x",
                "http://kim:s3cret@127.0.0.1:CANARY/x",
                "http://169.254.169.254/latest/meta-data",
                "file:///etc/passwd",
                "ftp://127.0.0.1:CANARY/x",
                "not an address"
            })
    void isNotLedAstray(String target) throws IOException {
        try (Canary canary = Canary.listen();
                FakeRegistry registry = FakeRegistry.start();
                Bench bench = Bench.at(registry.url(), LOGIN)) {
            registry.fault(Fault.REDIRECT_TO.text(target.replace("CANARY", "" + canary.port())));

            assertThat(failure(blob(bench, 0)).kind()).isEqualTo(Kind.INVALID);
            assertThat(canary.connections()).isZero();
        }
    }

    @Test
    void ends() throws IOException {
        AtomicInteger hops = new AtomicInteger();
        try (ScriptedRegistry registry =
                        ScriptedRegistry.of(request -> Answer.of(307, "Location: /v2/" + hops.incrementAndGet()));
                Bench bench = Bench.at(registry.url())) {
            assertThat(failure(blob(bench, 0)).kind()).isEqualTo(Kind.INVALID);
            assertThat(registry.seen()).hasSize(6);
        }
    }

    @Test
    void isNoAnswerWhereItLeadsNowhere() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.always(Answer.of(302));
                Bench bench = Bench.at(registry.url())) {
            assertThat(failure(blob(bench, 0))).hasMessage("registry.test: 302 (expected: an answer of a registry)");
        }
    }

    private static CompletableFuture<BlobReply> blob(Bench bench, long from) {
        return bench.upstream.blob(ALPINE, BLOB.digest(), from, Optional.empty());
    }

    private static FakeRegistry redirecting() {
        FakeRegistry registry = FakeRegistry.builder()
                .auth(TokenAuth.password("kim", "s3cret"))
                .redirectBlobs(Duration.ofMinutes(5))
                .start();
        registry.push("library/alpine", BLOB);
        return registry;
    }
}
