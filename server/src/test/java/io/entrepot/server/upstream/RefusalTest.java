package io.entrepot.server.upstream;

import static io.entrepot.server.upstream.Bench.ALPINE;
import static io.entrepot.server.upstream.Bench.LATEST;
import static io.entrepot.server.upstream.Bench.await;
import static io.entrepot.server.upstream.Bench.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.server.upstream.ScriptedRegistry.Answer;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** F28: what an upstream refuses keeps its meaning, on tokens, HEAD and GET, and is not remembered for long. */
class RefusalTest {

    /** Said in Retry-After: for so long nobody is asked after a 429. */
    private static final Duration LEFT_ALONE = Duration.ofSeconds(120);

    private static final TestImage IMAGE = ImageBuilder.image().layer(10).build();
    private static final String REFUSED = "access refused (the repository does not exist or may require credentials)";

    @ParameterizedTest
    @CsvSource({
        "400, INVALID",
        "401, REFUSED",
        "403, REFUSED",
        "404, NOT_FOUND",
        "416, INVALID",
        "429, RATE_LIMITED",
        "500, FAILED",
        "502, FAILED",
        "503, FAILED"
    })
    void keepsItsMeaningOnHeadAndGet(int status, Kind kind) {
        try (FakeRegistry registry = pushed();
                Bench bench = Bench.at(registry.url())) {
            registry.fault(Fault.STATUS.on("/v2/library/").status(status).lasting(LEFT_ALONE));

            assertThat(failure(bench.upstream.head(ALPINE, LATEST))).satisfies(said -> isAs(said, kind, status));
            bench.pass(LEFT_ALONE);
            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST))).satisfies(said -> isAs(said, kind, status));
            bench.pass(LEFT_ALONE);
            assertThat(failure(bench.upstream.blob(ALPINE, IMAGE.digest(), 0, Optional.empty())))
                    .satisfies(said -> isAs(said, kind, status));
            bench.pass(LEFT_ALONE);
            assertThat(failure(bench.upstream.blobRange(ALPINE, IMAGE.digest(), 0, 5)))
                    .satisfies(said -> isAs(said, kind, status));
            bench.pass(LEFT_ALONE);
            assertThat(failure(bench.upstream.blobSize(ALPINE, IMAGE.digest())))
                    .satisfies(said -> isAs(said, kind, status));
            bench.pass(LEFT_ALONE);
            assertThat(failure(bench.upstream.tags(ALPINE, 0, Optional.empty())))
                    .satisfies(said -> isAs(said, kind, status));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, INVALID",
        "401, REFUSED",
        "403, REFUSED",
        "404, INVALID",
        "429, RATE_LIMITED",
        "500, FAILED",
        "503, FAILED"
    })
    void keepsItsMeaningOnTokens(int status, Kind kind) {
        try (FakeRegistry registry = pushed();
                Bench bench = Bench.at(registry.url())) {
            registry.fault(Fault.STATUS.on("/token").status(status).lasting(Duration.ofSeconds(120)));

            assertThat(failure(bench.upstream.head(ALPINE, LATEST))).satisfies(said -> isAs(said, kind, status));
            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST))).satisfies(said -> isAs(said, kind, status));
        }
    }

    @ParameterizedTest
    @CsvSource({"401", "403", "404", "429", "500", "503"})
    void isOverWhenTheUpstreamIsWellAgain(int status) {
        try (FakeRegistry registry = pushed();
                Bench bench = Bench.at(registry.url())) {
            registry.fault(Fault.STATUS.on("/v2/library/").status(status));
            failure(bench.upstream.manifest(ALPINE, LATEST));
            registry.clearFaults();
            bench.pass(Duration.ofSeconds(2));

            assertThat(await(bench.upstream.manifest(ALPINE, LATEST)).bytes()).isEqualTo(IMAGE.manifest());
        }
    }

    @ParameterizedTest
    @CsvSource({"401", "403", "404", "429", "500", "503"})
    void isOverSecondsAfterTheTokenServerIsWellAgain(int status) {
        try (FakeRegistry registry = pushed();
                Bench bench = Bench.at(registry.url())) {
            registry.fault(Fault.STATUS.on("/token").status(status));
            failure(bench.upstream.manifest(ALPINE, LATEST));
            registry.clearFaults();
            bench.pass(Duration.ofSeconds(5));

            assertThat(await(bench.upstream.manifest(ALPINE, LATEST)).bytes()).isEqualTo(IMAGE.manifest());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    429 | toomanyrequests: You have reached your pull rate limit | registry.test: 429 rate limit reached: toomanyrequests: You have reached your pull rate limit
                    404 | manifest unknown                                       | registry.test: 404 not found: manifest unknown
                    503 | try later                                              | registry.test: 503 server error: try later
                    403 | denied                                                 | registry.test: 403 REFUSED: denied
                    """)
    void saysWhatTheRegistrySays(int status, String message, String expected) throws IOException {
        Answer answer = Answer.json(status, "{\"errors\":[{\"code\":\"X\",\"message\":\"" + message + "\"}]}");
        try (ScriptedRegistry registry = ScriptedRegistry.always(answer);
                Bench bench = Bench.at(registry.url())) {
            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)))
                    .hasMessage(expected.replace("REFUSED", REFUSED));
        }
    }

    @Test
    void saysTheStatusWhereTheRegistrySaysNothing() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.always(
                        Answer.of(429, "Content-Type: text/plain").with("Too Many Requests"));
                Bench bench = Bench.at(registry.url())) {
            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)))
                    .hasMessage("registry.test: 429 rate limit reached");
        }
    }

    @Test
    void isNoWebPageOfAProxyInFrontOfARegistry() throws IOException {
        Answer page = Answer.of(502, "Content-Type: text/html").with("<html>Bad Gateway</html>");
        try (ScriptedRegistry registry = ScriptedRegistry.always(page);
                Bench bench = Bench.at(registry.url())) {
            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST)).kind()).isEqualTo(Kind.FAILED);
        }
    }

    @Test
    void readsNoEndlessExplanation() throws IOException {
        Answer answer = Answer.json(503, "{\"errors\":[{\"message\":\"" + "x".repeat(1 << 20) + "\"}]}");
        try (ScriptedRegistry registry = ScriptedRegistry.always(answer);
                Bench bench = Bench.at(registry.url())) {
            assertThat(failure(bench.upstream.manifest(ALPINE, LATEST))).hasMessage("registry.test: 503 server error");
        }
    }

    private static void isAs(UpstreamException failure, Kind kind, int status) {
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessageContaining("registry.test: ").hasMessageContaining("" + status);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(120));
    }

    private static FakeRegistry pushed() {
        FakeRegistry registry =
                FakeRegistry.builder().auth(TokenAuth.anonymous()).start();
        registry.push("library/alpine", "latest", IMAGE);
        return registry;
    }
}
