package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.http.RawClient.Response;
import io.entrepot.server.upstream.UpstreamException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagsTest {

    private final TestMirror mirror = new TestMirror();

    @AfterEach
    void close() {
        mirror.close();
    }

    @Test
    void areTheUpstreams() {
        mirror.hub.has("3.19", "3.20");

        Response response = mirror.ask("GET", "/v2/library/alpine/tags/list");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo("application/json");
        assertThat(response.header("Cache-Control")).isEqualTo("no-store");
        assertThat(response.text()).isEqualTo("{\"name\":\"library/alpine\",\"tags\":[\"3.19\",\"3.20\"]}");
        assertThat(response.headers()).doesNotContainKey("link");
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/library/alpine/tags/list?n=2, </v2/library/alpine/tags/list?n=2&last=b>; rel=\"next\"",
        "/v2/docker.io/library/alpine/tags/list?n=2, </v2/docker.io/library/alpine/tags/list?n=2&last=b>; rel=\"next\"",
        "/docker.io/v2/library/alpine/tags/list?n=2, </docker.io/v2/library/alpine/tags/list?n=2&last=b>; rel=\"next\"",
        "/v2/library/alpine/tags/list?ns=docker.io&n=2, </v2/library/alpine/tags/list?n=2&last=b&ns=docker.io>; rel=\"next\""
    })
    void goOnInTheFormInWhichTheClientAsked(String target, String link) {
        mirror.hub.has("a", "b", "c");

        assertThat(mirror.ask("GET", target).header("Link")).isEqualTo(link);
    }

    @Test
    void goOnWithThePortOfTheNamespaceEscaped() {
        mirror.quay.has("a", "b");

        Response response = mirror.ask("GET", "/v2/team/app/tags/list?n=1&ns=quay.io%3A5000");

        assertThat(response.header("Link"))
                .isEqualTo("</v2/team/app/tags/list?n=1&last=a&ns=quay.io%3A5000>; rel=\"next\"");
        assertThat(response.header("OCI-Namespace")).isEqualTo("quay.io:5000");
    }

    @Test
    void beginBehindTheLastOne() {
        mirror.hub.has("a", "b", "c");

        Response response = mirror.ask("GET", "/v2/library/alpine/tags/list?n=2&last=b");

        assertThat(response.text()).contains("[\"c\"]");
        assertThat(response.headers()).doesNotContainKey("link");
    }

    @Test
    void areNoneIfNoneAreWantedAndNobodyIsAsked() {
        Response response = mirror.ask("GET", "/v2/library/alpine/tags/list?n=0");

        assertThat(response.text()).isEqualTo("{\"name\":\"library/alpine\",\"tags\":[]}");
        assertThat(response.headers()).doesNotContainKey("link");
        assertThat(mirror.hub.pages).isEmpty();
    }

    @Test
    void areAtMostAThousandOnAPage() {
        mirror.ask("GET", "/v2/library/alpine/tags/list?n=999999999");

        assertThat(mirror.hub.pages).containsExactly("n=1000 last=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"n=-1", "n=a", "n=1&n=2", "n=99999999999", "last=%0a", "last=a/b", "last=a&last=b"})
    void areRefusedForAPageThatCannotBe(String query) {
        assertThat(mirror.ask("GET", "/v2/library/alpine/tags/list?" + query).status())
                .isEqualTo(400);
    }

    @Test
    void areThoseKnownHereIfTheUpstreamCannotBeAsked() {
        mirror.content.tags("docker.io/library/alpine", "c", "a", "b");
        mirror.hub.fails(UpstreamException.Kind.UNREACHABLE, "docker.io: connection refused");

        Response response = mirror.ask("GET", "/v2/library/alpine/tags/list?n=1&last=a");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).contains("[\"b\"]");
        assertThat(response.header("Link")).contains("last=b");
        assertThat(response.header("Warning")).isEqualTo("110 - \"Response is Stale\"");
        assertThat(response.header("X-Entrepot-Stale")).isEqualTo("docker.io: connection refused");
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_FOUND,    404, x",
        "REFUSED,      403, upstream refuses: x",
        "RATE_LIMITED, 503, upstream rate limit: x",
        "FAILED,       503, upstream unavailable: x",
        "TIMEOUT,      503, upstream unavailable: x",
        "INVALID,      502, upstream sent a wrong answer: x"
    })
    void areRefusedInTheUpstreamsMeaningIfNoneAreKnown(UpstreamException.Kind kind, int status, String reason) {
        mirror.hub.fails(kind, "x");

        Response response = mirror.ask("GET", "/v2/library/alpine/tags/list");

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.reason()).isEqualTo(reason);
    }

    @Test
    void ofARepositoryThatIsGoneAreNotThoseKnownHere() {
        mirror.content.tags("docker.io/library/alpine", "a");
        mirror.hub.fails(UpstreamException.Kind.NOT_FOUND, "docker.io: no such repository");

        assertThat(mirror.ask("GET", "/v2/library/alpine/tags/list").status()).isEqualTo(404);
    }
}
