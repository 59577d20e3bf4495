package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.IDENTITY;
import static io.entrepot.server.upstream.Bench.LATEST;
import static io.entrepot.server.upstream.Bench.LOGIN;
import static io.entrepot.server.upstream.Bench.NOBODY;
import static io.entrepot.server.upstream.Bench.REGISTRY;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.Secret;
import io.entrepot.loadtest.Auth;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.Gate;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.Seen;
import io.entrepot.loadtest.TestImage;
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.ScriptedRegistry.Answer;
import io.entrepot.server.upstream.Upstream.ManifestReply;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFlowTest {

    private static final TestImage IMAGE = ImageBuilder.image().layer(10).build();

    @Test
    void getsATokenAsNobody() {
        try (FakeRegistry registry = pushed(TokenAuth.anonymous());
                Bench bench = Bench.at(registry.url())) {
            assertThat(await(manifest(bench)).bytes()).isEqualTo(IMAGE.manifest());

            Seen token = tokenRequest(registry);
            assertThat(token.method()).isEqualTo("GET");
            assertThat(token.query()).isEqualTo("service=fake&scope=repository%3Alibrary%2Falpine%3Apull");
            assertThat(token.headers().has("Authorization")).isFalse();
        }
    }

    @Test
    void getsATokenWithUserAndPassword() {
        try (FakeRegistry registry = pushed(TokenAuth.password("kim", "s3cret"));
                Bench bench = Bench.at(registry.url(), LOGIN)) {
            assertThat(await(manifest(bench)).bytes()).isEqualTo(IMAGE.manifest());

            assertThat(tokenRequest(registry).method()).isEqualTo("GET");
            assertThat(tokenRequest(registry).headers().first("Authorization"))
                    .contains(BasicAuth.header("kim", "s3cret"));
        }
    }

    @Test
    void getsATokenWithAnIdentityToken() {
        try (FakeRegistry registry = pushed(TokenAuth.identity("identity-1").onlyAccessToken());
                Bench bench = Bench.at(registry.url(), IDENTITY)) {
            assertThat(await(manifest(bench)).bytes()).isEqualTo(IMAGE.manifest());

            assertThat(tokenRequest(registry).method()).isEqualTo("POST");
            assertThat(tokenRequest(registry).query()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 405})
    void usesTheGetFormWhereThePostFormIsUnknown(int status) throws IOException {
        try (ScriptedRegistry registry = guarded(request -> request.method().equals("POST")
                        ? Answer.of(status)
                        : Answer.json(200, "{\"token\":\"good\"}"));
                Bench bench = Bench.at(registry.url(), IDENTITY)) {
            await(manifest(bench));

            assertThat(registry.seen())
                    .filteredOn(request -> request.isFor("/token"))
                    .extracting(request -> request.method() + " " + request.header("Authorization"))
                    .containsExactly("POST ", "GET " + BasicAuth.header("", "identity-1"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"token\":\"good\"}",
                "{\"access_token\":\"good\"}",
                "{\"token\":\"\",\"access_token\":\"good\"}"
            })
    void takesEitherNameOfAToken(String body) throws IOException {
        try (ScriptedRegistry registry = guarded(request -> Answer.json(200, body));
                Bench bench = Bench.at(registry.url())) {
            await(manifest(bench));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "null",
                "{\"token\":\"\"}",
                "{\"token\":7.5e}",
                "{\"token\":\"a b\"}",
                "{\"token\":\"a\\r\\nX-Injected: 1\"}",
                "{\"token\":\"\u00e4\"}"
            })
    void takesNothingElseForAToken(String body) throws IOException {
        try (ScriptedRegistry registry = guarded(request -> Answer.json(200, body));
                Bench bench = Bench.at(registry.url())) {
            assertThat(failure(manifest(bench)).kind()).isEqualTo(Kind.INVALID);
            assertThat(registry.count("/manifests/")).isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16 * 1024 + 1, 64 * 1024})
    void readsNoTokenWithoutABound(int length) throws IOException {
        String huge = "{\"token\":\"" + "a".repeat(length) + "\"}";
        try (ScriptedRegistry registry = guarded(request -> Answer.json(200, huge));
                Bench bench = Bench.at(registry.url())) {
            assertThat(failure(manifest(bench)).kind()).isEqualTo(Kind.INVALID);
        }
    }

    @Test
    void takesNoWebPageForATokenServer() throws IOException {
        try (ScriptedRegistry registry = guarded(
                        request -> Answer.of(200, "Content-Type: text/html").with("<html>"));
                Bench bench = Bench.at(registry.url())) {
            assertThat(failure(manifest(bench)))
                    .hasMessage("registry.test: answered with a web page (text/html): is 127.0.0.1 a registry?");
        }
    }

    @Test
    void sendsATokenThatItHasAtOnce() {
        try (FakeRegistry registry = pushed(TokenAuth.anonymous());
                Bench bench = Bench.at(registry.url())) {
            await(manifest(bench));
            registry.forgetSeen();

            await(manifest(bench));

            assertThat(registry.seen())
                    .singleElement()
                    .satisfies(seen -> assertThat(seen.status()).isEqualTo(200));
        }
    }

    @Test
    void asksForAnotherRepositoryWithoutBeingChallengedAgain() {
        try (FakeRegistry registry = pushed(TokenAuth.anonymous());
                Bench bench = Bench.at(registry.url())) {
            registry.push("library/busybox", "latest", IMAGE);
            await(manifest(bench));
            registry.forgetSeen();

            await(bench.upstream.manifest(new Repository(REGISTRY, "library/busybox"), LATEST));

            assertThat(registry.seen()).extracting(Seen::status).containsExactly(200, 200);
            assertThat(tokenRequest(registry).query()).contains("library%2Fbusybox");
        }
    }

    @Test
    void asksOnceForATokenThatAHundredWaitFor() {
        try (FakeRegistry registry = pushed(TokenAuth.anonymous());
                Bench bench = Bench.at(registry.url())) {
            Gate gate = registry.holdAnswer("/token");
            List<CompletableFuture<ManifestReply>> all =
                    Stream.generate(() -> manifest(bench)).limit(100).toList();
            gate.awaitWaiting(1);
            gate.release();

            assertThat(all).allSatisfy(each -> assertThat(await(each).bytes()).isEqualTo(IMAGE.manifest()));
            assertThat(registry.tokenRequests()).isOne();
        }
    }

    @Test
    void forgetsATokenShortlyBeforeItEnds() {
        try (FakeRegistry registry = pushed(TokenAuth.anonymous().expiresIn(Duration.ofSeconds(300)));
                Bench bench = Bench.at(registry.url())) {
            await(manifest(bench));
            bench.pass(Duration.ofSeconds(269));
            await(manifest(bench));
            assertThat(registry.tokenRequests()).isOne();

            bench.pass(Duration.ofSeconds(2));
            await(manifest(bench));
            assertThat(registry.tokenRequests()).isEqualTo(2);
            assertThat(registry.seen()).filteredOn(seen -> seen.status() == 401).hasSize(1);
        }
    }

    @Test
    void keepsATokenOfUnsaidLifetimeForLessThanAMinute() {
        try (FakeRegistry registry = pushed(TokenAuth.anonymous().withoutExpiry());
                Bench bench = Bench.at(registry.url())) {
            await(manifest(bench));
            bench.pass(Duration.ofSeconds(53));
            await(manifest(bench));
            assertThat(registry.tokenRequests()).isOne();

            bench.pass(Duration.ofSeconds(2));
            await(manifest(bench));
            assertThat(registry.tokenRequests()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "\"soon\"", "null"})
    void takesALifetimeThatCannotBeForUnsaid(String expiry) throws IOException {
        try (ScriptedRegistry registry =
                        guarded(request -> Answer.json(200, "{\"token\":\"good\",\"expires_in\":" + expiry + "}"));
                Bench bench = Bench.at(registry.url())) {
            await(manifest(bench));
            bench.pass(Duration.ofSeconds(50));
            await(manifest(bench));

            assertThat(registry.count("/token")).isOne();
        }
    }

    @Test
    void refreshesATokenThatIsRefusedOnce() {
        TokenAuth tokens = TokenAuth.anonymous();
        try (FakeRegistry registry = pushed(tokens);
                Bench bench = Bench.at(registry.url())) {
            await(manifest(bench));
            tokens.revoke();
            registry.forgetSeen();

            assertThat(await(manifest(bench)).bytes()).isEqualTo(IMAGE.manifest());
            assertThat(registry.seen()).extracting(Seen::status).containsExactly(401, 200, 200);
        }
    }

    @Test
    void asksForNoThirdTimeWhateverTheUpstreamSays() throws IOException {
        AtomicInteger tokens = new AtomicInteger();
        try (ScriptedRegistry registry = ScriptedRegistry.of(request -> request.isFor("/token")
                        ? Answer.json(200, "{\"token\":\"never-" + tokens.incrementAndGet() + "\"}")
                        : challenge(request));
                Bench bench = Bench.at(registry.url())) {
            for (int i = 1; i <= 3; i++) {
                assertThat(failure(manifest(bench)).kind()).isEqualTo(Kind.REFUSED);
                assertThat(registry.count("/manifests/")).isEqualTo(2L * i);
                assertThat(registry.count("/token")).isEqualTo(i);
            }
        }
    }

    @Test
    void sendsTheSameTokenNotAgain() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.of(request ->
                        request.isFor("/token") ? Answer.json(200, "{\"token\":\"never\"}") : challenge(request));
                Bench bench = Bench.at(registry.url())) {
            failure(manifest(bench));
            assertThat(failure(manifest(bench)).kind()).isEqualTo(Kind.REFUSED);

            assertThat(registry.seen())
                    .filteredOn(request -> request.isFor("/manifests/"))
                    .extracting(request -> request.header("Authorization"))
                    .containsExactly("", "Bearer never", "Bearer never");
        }
    }

    @Test
    void saysThatARepositoryMayNotExistWhereANobodyIsRefused() {
        try (FakeRegistry registry = pushed(TokenAuth.anonymous().openTo("public/"));
                Bench bench = Bench.at(registry.url())) {
            assertThat(failure(manifest(bench)))
                    .hasMessage("registry.test: 401 access refused (the repository does not exist or may require"
                            + " credentials): authentication required")
                    .extracting(UpstreamException::kind)
                    .isEqualTo(Kind.REFUSED);
        }
    }

    @Test
    void saysWhoRefusedOurLogin() {
        try (FakeRegistry registry = pushed(TokenAuth.password("kim", "other"));
                Bench bench = Bench.at(registry.url(), LOGIN)) {
            assertThat(failure(manifest(bench)))
                    .hasMessage("registry.test: its token server 127.0.0.1: 401 access refused (the repository does"
                            + " not exist or our credentials do not suffice): wrong credentials")
                    .extracting(UpstreamException::kind)
                    .isEqualTo(Kind.REFUSED);
        }
    }

    @Test
    void remembersARefusedLoginForSecondsOnly() {
        try (FakeRegistry registry = pushed(TokenAuth.password("kim", "other"));
                Bench bench = Bench.at(registry.url(), LOGIN)) {
            failure(manifest(bench));
            failure(manifest(bench));
            assertThat(registry.tokenRequests()).isOne();

            bench.pass(Duration.ofSeconds(5));
            failure(manifest(bench));
            assertThat(registry.tokenRequests()).isEqualTo(2);
        }
    }

    @Test
    void needsNoTokenWhereTheRegistryServesWithout() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.of(request -> request.isFor("/token")
                        ? Answer.of(503)
                        : request.isFor("private/") ? challenge(request) : Answer.json(200, "{}"));
                Bench bench = Bench.at(registry.url())) {
            failure(bench.upstream.manifest(new Repository(REGISTRY, "private/x"), LATEST));

            assertThat(await(manifest(bench)).bytes()).hasSize(2);
        }
    }

    @Test
    void looksAtTheRootWhereARefusalSaysNothing() {
        try (FakeRegistry registry = pushed(TokenAuth.anonymous());
                Bench bench = Bench.at(registry.url())) {
            registry.fault(Fault.NO_CHALLENGE.on("/manifests/").first(1));

            assertThat(await(manifest(bench)).bytes()).isEqualTo(IMAGE.manifest());
            assertThat(registry.seen())
                    .extracting(Seen::path)
                    .containsExactly(
                            "/v2/library/alpine/manifests/latest",
                            "/v2/",
                            "/token",
                            "/v2/library/alpine/manifests/latest");
        }
    }

    @Test
    void isRefusedWhereNobodySaysHowToAuthenticate() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.always(Answer.of(401));
                Bench bench = Bench.at(registry.url(), LOGIN)) {
            assertThat(failure(manifest(bench)).kind()).isEqualTo(Kind.REFUSED);
            assertThat(registry.seen())
                    .extracting(request -> request.uri().getPath())
                    .containsExactly("/v2/library/alpine/manifests/latest", "/v2/");
            assertThat(registry.seen())
                    .allSatisfy(request ->
                            assertThat(request.header("Authorization")).isEmpty());
        }
    }

    @Test
    void answersABasicChallenge() {
        try (FakeRegistry registry = pushed(Auth.basic("kim", "s3cret"));
                Bench bench = Bench.at(registry.url(), LOGIN)) {
            await(manifest(bench));
            await(manifest(bench));

            assertThat(registry.seen()).extracting(Seen::status).containsExactly(401, 200, 200);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hasNoAnswerToABasicChallengeWithoutAPassword(boolean nobody) {
        Credentials credentials = nobody ? NOBODY : IDENTITY;
        try (FakeRegistry registry = pushed(Auth.basic("kim", "s3cret"));
                Bench bench = Bench.at(registry.url(), credentials)) {
            assertThat(failure(manifest(bench)).kind()).isEqualTo(Kind.REFUSED);
            assertThat(registry.seen()).hasSize(1);
        }
    }

    @Test
    void repeatsNoWrongPassword() {
        Credentials wrong = new Credentials.Basic("kim", new Secret("wrong"));
        try (FakeRegistry registry = pushed(Auth.basic("kim", "s3cret"));
                Bench bench = Bench.at(registry.url(), wrong)) {
            assertThat(failure(manifest(bench)).kind()).isEqualTo(Kind.REFUSED);
            assertThat(registry.seen())
                    .filteredOn(seen -> seen.headers().has("Authorization"))
                    .hasSize(1);
        }
    }

    @Test
    void sendsAWrongPasswordOncePerQuestion() {
        Credentials wrong = new Credentials.Basic("kim", new Secret("wrong"));
        try (FakeRegistry registry = pushed(Auth.basic("kim", "s3cret"));
                Bench bench = Bench.at(registry.url(), wrong)) {
            failure(manifest(bench));
            registry.forgetSeen();

            assertThat(failure(manifest(bench)).kind()).isEqualTo(Kind.REFUSED);
            assertThat(registry.seen()).hasSize(1);
        }
    }

    @Test
    void takesNoServiceWithoutABound() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.of(request -> Answer.of(
                        401,
                        "WWW-Authenticate: Bearer realm=\"http://" + request.header("Host") + "/token\",service=\""
                                + "s".repeat(257) + "\""));
                Bench bench = Bench.at(registry.url())) {
            assertThat(failure(manifest(bench)))
                    .hasMessage("registry.test: names a service of 257 characters (expected: at most 256)");
            assertThat(registry.count("/token")).isZero();
        }
    }

    @Test
    void prefersATokenToThePassword() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.of(request -> request.isFor("/token")
                        ? Answer.json(200, "{\"token\":\"good\"}")
                        : request.header("Authorization").equals("Bearer good")
                                ? Answer.json(200, "{}")
                                : Answer.of(
                                        401,
                                        "WWW-Authenticate: Basic realm=\"x\"",
                                        "WWW-Authenticate: Bearer realm=\"http://" + request.header("Host")
                                                + "/token\""));
                Bench bench = Bench.at(registry.url(), LOGIN)) {
            await(manifest(bench));

            assertThat(registry.seen())
                    .filteredOn(request -> request.isFor("/manifests/"))
                    .extracting(request -> request.header("Authorization"))
                    .containsExactly("", "Bearer good");
        }
    }

    @Test
    void asksForItsOwnScopeWhateverTheChallengeSays() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.of(
                        request -> request.isFor("/token")
                                ? Answer.json(200, "{\"token\":\"good\"}")
                                : request.header("Authorization").equals("Bearer good")
                                        ? Answer.json(200, "{}")
                                        : Answer.of(
                                                401,
                                                "WWW-Authenticate: Bearer realm=\"http://" + request.header("Host")
                                                        + "/token\",scope=\"registry:catalog:*,repository:x:pull,push,delete\""));
                Bench bench = Bench.at(registry.url())) {
            await(manifest(bench));

            assertThat(registry.seen())
                    .filteredOn(request -> request.isFor("/token"))
                    .extracting(request -> request.uri().getQuery())
                    .containsExactly("scope=repository:library/alpine:pull");
        }
    }

    @Test
    void asksATokenServerOnItsList() {
        TokenAuth tokens = TokenAuth.password("kim", "s3cret");
        try (FakeRegistry server = FakeRegistry.builder().auth(tokens).start();
                FakeRegistry registry = pushed(tokens.realm(URI.create(server.url() + "/token")));
                Bench bench = Bench.withTokenHost(registry.url(), LOGIN, server.host())) {
            await(manifest(bench));

            assertThat(server.tokenRequests()).isOne();
            assertThat(registry.tokenRequests()).isZero();
        }
    }

    @Test
    void printsNoToken() {
        assertThat(new TokenSource.Granted("secret", 0)).hasToString("***");
    }

    private static CompletableFuture<ManifestReply> manifest(Bench bench) {
        return bench.upstream.manifest(ALPINE, LATEST);
    }

    private static FakeRegistry pushed(Auth auth) {
        FakeRegistry registry = FakeRegistry.builder().auth(auth).start();
        registry.push("library/alpine", "latest", IMAGE);
        return registry;
    }

    private static Seen tokenRequest(FakeRegistry registry) {
        return registry.seen().stream()
                .filter(seen -> seen.path().equals("/token"))
                .findFirst()
                .orElseThrow();
    }

    /** A registry that takes the token "good" alone, with this token server. */
    private static ScriptedRegistry guarded(Function<ScriptedRegistry.Request, Answer> tokenServer) throws IOException {
        return ScriptedRegistry.of(request -> request.isFor("/token")
                ? tokenServer.apply(request)
                : request.header("Authorization").equals("Bearer good") ? Answer.json(200, "{}") : challenge(request));
    }

    private static Answer challenge(ScriptedRegistry.Request request) {
        return Answer.of(
                401, "WWW-Authenticate: Bearer realm=\"http://" + request.header("Host") + "/token\",service=\"fake\"");
    }
}
