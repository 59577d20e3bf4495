package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.Network;
import io.entrepot.oci.Digest;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.http.RawClient.Response;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorTest {

    private static final Digest NOWHERE = Digest.of(new byte[] {1});

    private final TestMirror mirror = new TestMirror();

    @AfterEach
    void close() {
        mirror.close();
    }

    static Stream<RegistryException> failures() {
        Duration soon = Duration.ofMillis(29_001);
        return Stream.of(
                new RegistryException.Denied("rule no-latest: use a version"),
                new RegistryException.ManifestUnknown("docker.io/library/x:1 is not there"),
                new RegistryException.Unavailable("upstream rate limit: docker.io", soon),
                new RegistryException.TooManyRequests("too many requests from 10.0.0.1", soon),
                new RegistryException.BadUpstream("docker.io sent a web page"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void reachesThePersonInPhraseAndBody(RegistryException failure) {
        mirror.content.resolve("docker.io/library/x:1", () -> CompletableFuture.failedFuture(failure));
        try (RawClient client = mirror.client()) {
            Response get = client.ask("GET", "/v2/library/x/manifests/1");
            Response head = client.ask("HEAD", "/v2/library/x/manifests/1");

            assertThat(get.status()).isEqualTo(failure.status());
            assertThat(get.reason()).isEqualTo(failure.getMessage());
            assertThat(get.text())
                    .isEqualTo("{\"errors\":[{\"code\":\"" + failure.code() + "\",\"message\":\"" + failure.getMessage()
                            + "\"}]}");
            assertThat(get.header("Content-Type")).isEqualTo("application/json");
            assertThat(get.header("Retry-After")).isEqualTo(failure.retryAfter().isZero() ? "" : "30");
            assertThat(head.reason()).isEqualTo(get.reason());
            assertThat(withoutDate(head)).isEqualTo(withoutDate(get));
        }
    }

    @Test
    void hasAPhraseOfOneShortLineOfAscii() {
        String message = "rule \"prüfung\":\r\nX-Injected: yes\n…" + "a".repeat(200);
        mirror.content.resolve(
                "docker.io/library/x:1", () -> CompletableFuture.failedFuture(new RegistryException.Denied(message)));

        Response response = mirror.ask("GET", "/v2/library/x/manifests/1");

        assertThat(response.reason())
                .startsWith("rule \"pr?fung\":  X-Injected: yes ?aaa")
                .endsWith("a...")
                .hasSize(120);
        assertThat(response.headers()).doesNotContainKey("x-injected");
        assertThat(response.text()).contains("rule \\\"prüfung\\\":\\r\\nX-Injected: yes\\n…aaa");
    }

    @Test
    void hasAPhraseWithShortDigestsIfItWouldBeTooLong() {
        String message =
                "docker.io/library/x@" + NOWHERE + ": pull the manifest through this mirror first, or ask for it";
        mirror.content.resolve(
                "docker.io/library/x:1",
                () -> CompletableFuture.failedFuture(new RegistryException.BlobUnknown(message)));

        Response response = mirror.ask("GET", "/v2/library/x/manifests/1");

        assertThat(response.reason())
                .isEqualTo("docker.io/library/x@sha256:4bf5122f3445...: "
                        + "pull the manifest through this mirror first, or ask for it");
        assertThat(response.text()).contains(message);
    }

    @Test
    void ofOursSaysNothingOfItsCause() {
        mirror.content.resolve(
                "docker.io/library/x:1",
                () -> CompletableFuture.failedFuture(new IllegalStateException("secret detail (expected in the log)")));
        mirror.content.resolve("docker.io/library/x:2", () -> {
            throw new IllegalStateException("secret detail (expected in the log)");
        });

        for (String tag : List.of("1", "2")) {
            Response response = mirror.ask("GET", "/v2/library/x/manifests/" + tag);

            assertThat(response.status()).isEqualTo(500);
            assertThat(response.reason()).isEqualTo("Internal Server Error");
            assertThat(response.text())
                    .isEqualTo("{\"errors\":[{\"code\":\"UNKNOWN\",\"message\":\"internal error\"}]}");
        }
    }

    @Test
    void keepsTheConnection() {
        try (RawClient client = mirror.client()) {
            client.ask("GET", "/v2/library/x/manifests/1");

            assertThat(client.ask("GET", "/v2/").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST,   /v2/library/x/blobs/uploads/",
        "POST,   /v2/library/x/blobs/uploads/?mount=sha256:a&from=b",
        "PATCH,  /v2/library/x/blobs/uploads/1",
        "PUT,    /v2/library/x/blobs/uploads/1?digest=sha256:a",
        "PUT,    /v2/library/x/manifests/1",
        "DELETE, /v2/library/x/manifests/1",
        "DELETE, /v2/library/x/blobs/sha256:a",
        "DELETE, /v2/library/x/blobs/uploads/1",
        "GET,    /v2/library/x/blobs/uploads/1",
        "GET,    /v2/library/x/blobs/uploads/",
        "POST,   /elsewhere"
    })
    void tellsPushAndDeleteThatTheMirrorIsReadOnly(String method, String target) {
        Response response = mirror.ask(method, target);

        assertThat(response.status()).isEqualTo(405);
        assertThat(response.header("Allow")).isEqualTo("GET, HEAD");
        assertThat(response.text()).contains("\"code\":\"UNSUPPORTED\"").contains("read-only");
    }

    @Test
    void isReadByAClientThatIsStillSending() {
        try (RawClient client = mirror.client()) {
            client.send("PUT /v2/library/x/manifests/1 HTTP/1.1\r\nHost: m\r\nContent-Length: 3000000\r\n\r\n");
            client.send("x".repeat(3_000_000));

            assertThat(client.read(false).status()).isEqualTo(405);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/_catalog",
        "/v2/library/x",
        "/v2/library/x/tags",
        "/v2/library/x/tags/other",
        "/v2/manifests/1",
        "/v2/tags/list",
        "/v1/search",
        "/",
        "/favicon.ico"
    })
    void saysThatThereIsNoSuchRoute(String target) {
        Response response = mirror.ask("GET", target);

        assertThat(response.status()).isEqualTo(404);
        assertThat(response.text()).contains("\"code\":\"NAME_UNKNOWN\"");
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/library/x/manifests/sha256:totallywrong,     400, DIGEST_INVALID",
        "/v2/library/x/blobs/sha256:totallywrong,         400, DIGEST_INVALID",
        "/v2/library/x/blobs/latest,                      400, DIGEST_INVALID",
        "/v2/library/x/manifests/md5:d41d8cd98f00b204,    400, DIGEST_INVALID",
        "/v2/library/x/manifests/.INVALID_MANIFEST_NAME,  404, MANIFEST_UNKNOWN",
        "/v2/library/X/manifests/1,                       400, NAME_INVALID",
        "/v2/library/-x/manifests/1,                      400, NAME_INVALID",
        "/v2/quay.io:5000/manifests/1,                    400, NAME_INVALID",
    })
    void tellsANameThatCannotBe(String target, int status, String code) {
        Response response = mirror.ask("GET", target);

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.text()).contains("\"code\":\"" + code + "\"");
    }

    @Test
    void ofAnUnknownBlobOrDigestIsNotFound() {
        Response blob = mirror.ask("HEAD", "/v2/library/x/blobs/" + NOWHERE);
        Response manifest = mirror.ask("HEAD", "/v2/library/x/manifests/" + NOWHERE);

        assertThat(blob.status()).isEqualTo(404);
        assertThat(blob.reason()).contains("pull the manifest through this mirror first");
        assertThat(manifest.status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/library%2Fx/manifests/1",
                "/v2/library/x/manifests/%31",
                "/v2/library/%2e%2e/manifests/1",
                "/v2/library/../x/manifests/1",
                "/v2/library/x/manifests/..",
                "/v2/../../etc/manifests/passwd",
                "/v2/./library/x/manifests/1",
                "//v2/library/x/manifests/1",
                "/v2//library/x/manifests/1",
                "/v2/library/x//manifests/1",
                "/v2/library/x/manifests//1",
                "/v2/library\\x/manifests/1",
                "/v2/library;a=b/x/manifests/1",
                "/v2/library/x/manifests/1;v=2",
                "/v2/library/x/manifests/1#a",
                "/v2/library/x/manifests/1\"",
                "/v2/library/x$(id)/manifests/1",
                "/v2/library/x'/manifests/1",
                "/v2/library/x/manifests/1|2",
                "/v2/library/x/manifests/<1>",
                "/v2/library/x/manifests/{1}",
                "/v2/library/x/manifests/1^2",
                "/v2/library/x*/manifests/1",
                "/v2/library/x/blobs/%00"
            })
    void refusesAPathThatCouldBeReadInTwoWays(String target) {
        Response response = mirror.ask("GET", target);

        assertThat(response.status()).isEqualTo(400);
        assertThat(mirror.content.calls).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example,                     403",
        "127.0.0.1,                        403",
        "169.254.169.254,                  403",
        "[::1]:80,                         403",
        "%5B::1%5D,                        403",
        "localhost:5000,                   403",
        "docker.io:5000,                   403",
        "docker.io.evil.example,           403",
        "docker.io/../x,                   400",
        "docker.io@evil.example,           400",
        "http://docker.io,                 400",
        "docker.io%0d%0aX-Injected:%20yes, 400",
        "docker.io%00,                     400",
        "docker.io%20,                     400",
        "docker.io%2,                      400",
        "docker.io%zz,                     400",
        "docker.io&ns=docker.io,           400",
        "docker.io&ns=evil.example,        400",
        ".,                                400",
        "_,                                400"
    })
    void isGivenForANamespaceThatIsNotOurs(String ns, int status) {
        Response response = mirror.ask("GET", "/v2/library/x/manifests/1?ns=" + ns);

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.headers()).doesNotContainKey("x-injected");
        assertThat(mirror.content.calls).isEmpty();
    }

    @Test
    void namesTheRegistryThatIsMissingAndTheLinesThatAddIt() {
        Response response = mirror.ask("HEAD", "/v2/team/app/manifests/1?ns=ghcr.io");
        Response get = mirror.ask("GET", "/v2/ghcr.io/team/app/manifests/1");

        assertThat(response.status()).isEqualTo(403);
        assertThat(response.reason())
                .isEqualTo("ghcr.io is not an upstream of this mirror; these lines add it: "
                        + "upstreams: { \"ghcr.io\": {} }");
        assertThat(get.text()).contains("upstreams: { \\\"ghcr.io\\\": {} }");
    }

    @Test
    void isGivenToAClientThatAnUpstreamIsNotFor() {
        try (TestMirror restricted = new TestMirror(
                Configs.LIMITS,
                Optional.empty(),
                List.of(Configs.upstream("docker.io", Network.parse("10.0.0.0/8"))))) {
            restricted.content.manifest("docker.io/library/x:1");

            Response response = restricted.ask("HEAD", "/v2/library/x/manifests/1");

            assertThat(response.status()).isEqualTo(403);
            assertThat(response.reason())
                    .isEqualTo("docker.io is not for 127.0.0.1: it lies in none of the upstream's `clients`");
            assertThat(restricted.content.calls).isEmpty();
        }
    }

    private static Map<String, String> withoutDate(Response response) {
        Map<String, String> headers = new LinkedHashMap<>(response.headers());
        headers.remove("date");
        return headers;
    }
}
