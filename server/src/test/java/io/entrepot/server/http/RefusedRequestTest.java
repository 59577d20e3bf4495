package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that two readers could read in two ways are refused, and nothing behind them is ever read. */
class RefusedRequestTest {

    private static final String SECOND = "GET /v2/library/alpine/manifests/smuggled HTTP/1.1\r\nHost: m\r\n\r\n";

    private final TestMirror mirror = new TestMirror();

    @BeforeEach
    void hold() {
        mirror.content.manifest("docker.io/library/alpine:smuggled");
    }

    @AfterEach
    void close() {
        mirror.close();
    }

    static Stream<Arguments> smuggling() {
        String get = "GET /v2/ HTTP/1.1\r\nHost: m\r\n";
        return Stream.of(
                refused(400, get + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                refused(400, get + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
                refused(400, get + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                refused(400, get + "Transfer-Encoding: identity\r\n\r\n"),
                refused(400, get + "Transfer-Encoding:\r\n\r\n"),
                refused(400, get + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
                refused(400, get + "Transfer-Encoding: chunked\r\n\r\n0;a=\"\r\n\"\r\n\r\n"),
                refused(400, get + "Transfer-Encoding: chunked\r\n\r\n0;a\n\r\n\r\n"),
                refused(400, get + "transfer-encoding : chunked\r\n\r\n"),
                refused(400, get + "Content-Length: 5\r\n\r\nhello"),
                refused(400, get + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n"),
                refused(400, get + "Content-Length: 0\r\nContent-Length: 9\r\n\r\n"),
                refused(400, get + "Content-Length: 0, 0\r\n\r\n"),
                refused(400, get + "Content-Length: -1\r\n\r\n"),
                refused(400, get + "Content-Length: +0\r\n\r\n"),
                refused(400, get + "Content-Length: 0x0\r\n\r\n"),
                refused(400, get + "Content-Length:\r\n\r\n"),
                refused(400, get + "Content-Length: 00\r\n\r\n"),
                refused(400, get + "X: a\r\n folded\r\n\r\n"),
                refused(400, get + "X: a\r\n\tfolded\r\n\r\n"),
                refused(400, get + " X: a\r\n\r\n"),
                refused(400, get + "X : a\r\n\r\n"),
                refused(400, get + "X\r\n\r\n"),
                refused(400, get + ": a\r\n\r\n"),
                refused(400, get + "X: a\0b\r\n\r\n"),
                refused(400, get + "X: a\rb\r\n\r\n"),
                refused(400, get + "X: a\u007fb\r\n\r\n"),
                refused(400, get + "X(: a\r\n\r\n"),
                refused(400, get + "X: a\n\r\n"),
                refused(400, get + "X: a\n\n"),
                refused(400, "GET /v2/ HTTP/1.1\nHost: m\n\n"),
                refused(400, "GET /v2/ HTTP/1.1\r\n\r\n"),
                refused(400, "GET /v2/ HTTP/1.1\r\nHost:\r\n\r\n"),
                refused(400, "GET /v2/ HTTP/1.1\r\nHost: m\r\nHost: m\r\n\r\n"),
                refused(400, "GET /v2/ HTTP/1.1\r\nHost: m\r\nhost: n\r\n\r\n"),
                refused(400, "GET /v2/ HTTP/1.1\r\nHost: m/v2\r\n\r\n"),
                refused(400, "GET /v2/ HTTP/1.1\r\nHost: m, n\r\n\r\n"),
                refused(400, get + "Authorization: a\r\nAuthorization: b\r\n\r\n"),
                refused(400, "GET http://m/v2/ HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(400, "GET m:80 HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(400, "GET * HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(400, "GET  /v2/ HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(400, "GET /v2/  HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(400, "GET\t/v2/ HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(400, "GET /v2/ x HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(400, "GET /v2/\r\nHost: m\r\n\r\n"),
                refused(400, "G@T /v2/ HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(400, " GET /v2/ HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(400, "\r\nGET /v2/ HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(400, "\0GET /v2/ HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(400, "GET /v2/ HTTP/01.1\r\nHost: m\r\n\r\n"),
                refused(400, "GET /v2/ http/1.1\r\nHost: m\r\n\r\n"),
                refused(400, "GET /v2/ HTTP/1.1 \r\nHost: m\r\n\r\n"),
                refused(400, "\u0016\u0003\u0001\u0002\0\u0001\0"),
                refused(505, "GET /v2/ HTTP/1.0\r\nHost: m\r\n\r\n"),
                refused(505, "GET /v2/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"),
                refused(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                refused(417, get + "Expect: 100-continue\r\n\r\n"),
                refused(414, "GET /v2/" + "a".repeat(1_100) + " HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(414, "GET /v2/?ns=" + "a".repeat(10_240) + " HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(431, get + "X: " + "a".repeat(8_192) + "\r\n\r\n"),
                refused(431, get + "X: a\r\n".repeat(64) + "\r\n"),
                refused(405, "POST /v2/library/alpine/blobs/uploads/ HTTP/1.1\r\nHost: m\r\nContent-Length: 0\r\n\r\n"),
                refused(405, "PUT /v2/a/manifests/b HTTP/1.1\r\nHost: m\r\nContent-Length: 70\r\n\r\n"),
                refused(405, "PUT /v2/a/manifests/b HTTP/1.1\r\nHost: m\r\nTransfer-Encoding: chunked\r\n\r\n"),
                refused(405, "DELETE /v2/a/manifests/b HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(405, "CONNECT m:443 HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(405, "OPTIONS * HTTP/1.1\r\nHost: m\r\n\r\n"),
                refused(405, "get /v2/ HTTP/1.1\r\nHost: m\r\n\r\n"));
    }

    private static Arguments refused(int status, String bytes) {
        return Arguments.of(status, bytes);
    }

    @ParameterizedTest
    @MethodSource("smuggling")
    void isAnsweredAloneAndTheConnectionEnds(int status, String bytes) {
        try (RawClient client = mirror.client()) {
            String answer = client.send(bytes + SECOND).rest();

            assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("\r\nConnection: close\r\n");
            assertThat(answer.split("HTTP/1.1 ", -1))
                    .as("responses, and what stands before the first")
                    .hasSize(2);
            assertThat(mirror.content.calls).isEmpty();
        }
    }

    @Test
    void isAnsweredWhenItComesByteByByte() {
        try (RawClient client = mirror.client()) {
            for (char c : "GET /v2/ HTTP/1.1\r\nHost: m\r\n\r\n".toCharArray()) {
                client.send(String.valueOf(c));
            }

            assertThat(client.read(false).text()).isEqualTo("{}");
        }
    }

    @Test
    void isReadInOrderWhenItIsPipelined() {
        try (RawClient client = mirror.client()) {
            client.send("GET /v2/ HTTP/1.1\r\nHost: m\r\n\r\n" + SECOND + "HEAD /v2/ HTTP/1.1\r\nHost: m\r\n\r\n"
                    + "GET /v2/_catalog HTTP/1.1\r\nHost: m\r\n\r\n");

            assertThat(client.read(false).text()).isEqualTo("{}");
            assertThat(client.read(false).text()).contains("alpine:smuggled");
            assertThat(client.read(true).status()).isEqualTo(200);
            assertThat(client.read(false).status()).isEqualTo(404);
        }
    }

    @Test
    void mayCarryWhatCostsNothing() {
        try (RawClient client = mirror.client()) {
            RawClient.Response response = client.ask(
                    "GET",
                    "/v2/",
                    "Content-Length: 0",
                    "Upgrade: h2c",
                    "Accept: a",
                    "Accept: b",
                    "X:\t \t",
                    "Y: \u00e9");

            assertThat(response.status()).isEqualTo(200);
        }
    }

    @Test
    void endsTheConnectionWhenTheClientSaysSo() {
        try (RawClient client = mirror.client()) {
            RawClient.Response response = client.ask("GET", "/v2/", "Connection: TE, Close");

            assertThat(response.header("Connection")).isEqualTo("close");
            assertThat(client.ended()).isTrue();
        }
    }
}
