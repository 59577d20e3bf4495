package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.server.content.Resolved;
import io.entrepot.server.http.RawClient.Response;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManifestTest {

    private final TestMirror mirror = new TestMirror();
    private final Manifest alpine = mirror.content.manifest("docker.io/library/alpine:3.20");

    @AfterEach
    void close() {
        mirror.close();
    }

    @Test
    void isServedByTagWithExactHeaders() {
        Response response = mirror.ask("GET", "/v2/library/alpine/manifests/3.20?ns=docker.io");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(alpine.bytes());
        Map<String, String> headers = new LinkedHashMap<>(response.headers());
        assertThat(headers.remove("date")).endsWith("GMT");
        Digest digest = alpine.descriptor().digest();
        assertThat(headers)
                .containsExactly(
                        Map.entry("docker-distribution-api-version", "registry/2.0"),
                        Map.entry("content-type", "application/vnd.oci.image.manifest.v1+json"),
                        Map.entry("content-length", Integer.toString(alpine.bytes().length)),
                        Map.entry("docker-content-digest", digest.toString()),
                        Map.entry("etag", "\"" + digest + "\""),
                        Map.entry("cache-control", "no-store"),
                        Map.entry("x-entrepot-cache", "hit"),
                        Map.entry("oci-namespace", "docker.io"));
    }

    @Test
    void hasTheSameHeadOnHeadAndNoBody() {
        try (RawClient client = mirror.client()) {
            Response get = client.ask("GET", "/v2/library/alpine/manifests/3.20");
            Response head = client.ask("HEAD", "/v2/library/alpine/manifests/3.20");
            Response next = client.ask("GET", "/v2/");

            assertThat(head.status()).isEqualTo(get.status());
            assertThat(withoutDate(head)).isEqualTo(withoutDate(get));
            assertThat(next.text()).isEqualTo("{}");
        }
    }

    @Test
    void isImmutableByDigestAndNotByTag() {
        String digest = alpine.descriptor().digest().toString();

        Response response = mirror.ask("GET", "/v2/docker.io/library/alpine/manifests/" + digest);

        assertThat(response.body()).isEqualTo(alpine.bytes());
        assertThat(response.header("Cache-Control")).isEqualTo("private, max-age=31536000, immutable");
        assertThat(response.headers()).doesNotContainKey("oci-namespace");
    }

    @Test
    void isServedWholeWhateverRangeIsAskedFor() {
        Response response = mirror.ask("GET", "/v2/library/alpine/manifests/3.20", "Range: bytes=0-0");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(alpine.bytes());
    }

    @Test
    void isServedWholeWhenItIsLarge() {
        Manifest large = mirror.content.manifest(
                "docker.io/library/big:1", 3_000_000, Resolved.Source.FETCHED, Optional.empty());

        Response response = mirror.ask("GET", "/v2/library/big/manifests/1");

        assertThat(response.body()).isEqualTo(large.bytes());
        assertThat(response.header("X-Entrepot-Cache")).isEqualTo("fetched");
    }

    @Test
    void saysThatItIsStaleAndWhy() {
        mirror.content.manifest(
                "docker.io/library/old:1", 0, Resolved.Source.STALE, Optional.of("docker.io: rate limit\r\nX: y"));

        Response response = mirror.ask("HEAD", "/v2/library/old/manifests/1");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Warning")).isEqualTo("110 - \"Response is Stale\"");
        assertThat(response.header("X-Entrepot-Stale")).isEqualTo("docker.io: rate limit  X: y");
        assertThat(response.header("Age")).isEqualTo("25200");
        assertThat(response.header("X-Entrepot-Cache")).isEqualTo("stale");
    }

    @Test
    void isAdmittedBeforeItIsServed() {
        mirror.ask("HEAD", "/v2/library/alpine/manifests/3.20");

        assertThat(mirror.content.calls)
                .containsExactly(
                        "resolve docker.io/library/alpine:3.20",
                        "admit docker.io/library/alpine@" + alpine.descriptor().digest());
    }

    @Test
    void isReportedWhenItIsDone() {
        mirror.ask("GET", "/v2/library/alpine/manifests/3.20", "User-Agent: test/1");

        Exchanged exchange = mirror.exchange();
        assertThat(exchange.kind()).isEqualTo(Exchanged.Kind.MANIFEST);
        assertThat(exchange.registry()).isEqualTo("docker.io");
        assertThat(exchange.cache()).isEqualTo("hit");
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.bytes()).isEqualTo(alpine.bytes().length);
        assertThat(exchange.complete()).isTrue();
        assertThat(exchange.userAgent()).isEqualTo("test/1");
    }

    private static Map<String, String> withoutDate(Response response) {
        Map<String, String> headers = new LinkedHashMap<>(response.headers());
        headers.remove("date");
        return headers;
    }
}
