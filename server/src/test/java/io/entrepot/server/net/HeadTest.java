package io.entrepot.server.net;

import static io.entrepot.server.net.NetBench.await;
import static io.entrepot.server.net.NetBench.deadlines;
import static io.entrepot.server.net.NetBench.failure;
import static io.entrepot.server.net.NetBench.text;
import static io.entrepot.server.net.RawServer.OK;
import static io.entrepot.server.net.RawServer.always;
import static io.entrepot.server.net.RawServer.once;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.net.NetException.Kind;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent, and which answers are taken for answers. */
@ExtendWith({LeakCheck.class, BlockHoundSetup.class})
class HeadTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);

    @Test
    void saysWhereWhoAndWhatItWants() throws Exception {
        try (RawServer server = RawServer.start(always(OK));
                NetBench bench = NetBench.open()) {
            await(bench.client.send(HttpCall.get(server.uri("/v2/a?b=c%20d"), Map.of("Accept", "x/y"))))
                    .close();

            assertThat(server.requests().get(0).split("\r\n"))
                    .containsExactlyInAnyOrder(
                            "GET /v2/a?b=c%20d HTTP/1.1",
                            "host: " + server.authority(),
                            "user-agent: entrepot",
                            "Accept: x/y",
                            "accept-encoding: identity");
        }
    }

    @Test
    void letsTheCallerNameItselfButNotFrameTheMessage() throws Exception {
        try (RawServer server = RawServer.start(always(OK));
                NetBench bench = NetBench.open()) {
            Map<String, String> headers = Map.of(
                    "User-Agent",
                    "entrepot/1",
                    "Host",
                    "evil.example",
                    "Transfer-Encoding",
                    "chunked",
                    "Content-Length",
                    "7",
                    "Accept-Encoding",
                    "gzip");
            await(bench.client.send(HttpCall.get(server.uri("/"), headers))).close();

            assertThat(server.requests().get(0).toLowerCase(Locale.ROOT).split("\r\n"))
                    .containsExactlyInAnyOrder(
                            "get / http/1.1",
                            "host: " + server.authority(),
                            "user-agent: entrepot/1",
                            "accept-encoding: identity");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nEvil: yes", "a\nEvil: yes", "a\rb", "a\0b"})
    void sendsNoHeaderThatEndsItsLine(String value) throws Exception {
        try (RawServer server = RawServer.start(always(OK));
                NetBench bench = NetBench.open()) {
            NetException why = failure(bench.client.send(HttpCall.get(server.uri("/"), Map.of("Accept", value))));

            assertThat(why.kind()).isEqualTo(Kind.PROTOCOL);
            assertThat(why.getMessage()).doesNotContain("Evil");
            assertThat(server.connections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Evil: yes\r\nA", "A B", "", "A:"})
    void sendsNoHeaderWhoseNameIsNoToken(String name) throws Exception {
        try (RawServer server = RawServer.start(always(OK));
                NetBench bench = NetBench.open()) {
            NetException why = failure(bench.client.send(HttpCall.get(server.uri("/"), Map.of(name, "x"))));

            assertThat(why.kind()).isEqualTo(Kind.PROTOCOL);
        }
    }

    @Test
    void givesHeadersInAnyCaseAndInOrder() throws Exception {
        try (RawServer server = RawServer.start(
                        always(
                                "HTTP/1.1 401 No\r\nWWW-Authenticate: one\r\nwww-authenticate: two\r\nContent-Length: 0\r\n\r\n"));
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/"));

            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.header("www-AUTHENTICATE")).contains("one");
            assertThat(reply.headers("Www-Authenticate")).containsExactly("one", "two");
            assertThat(reply.header("Etag")).isEmpty();
            reply.close();
        }
    }

    @Test
    void waitsForTheHeadNoLongerThanItMay() throws Exception {
        try (RawServer server = RawServer.start(once("HTTP/1.1 200 OK\r\nContent-"));
                NetBench bench = NetBench.open(deadlines(LONG, SHORT, LONG))) {
            NetException why = bench.refusal(server.uri("/secret?signature=x"));

            assertThat(why.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(why).hasMessage(server.authority() + " did not answer within 200 ms");
        }
    }

    @Test
    void isNotFooledByAHeadThatDrips() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nA: ");
                    while (true) {
                        peer.send("a");
                        Thread.sleep(20);
                    }
                });
                NetBench bench = NetBench.open(deadlines(LONG, SHORT, LONG))) {
            assertThat(bench.refusal(server.uri("/")).kind()).isEqualTo(Kind.TIMEOUT);
        }
    }

    @Test
    void takesNoHeadBeyond16KiB() throws Exception {
        try (RawServer server = RawServer.start(
                        once("HTTP/1.1 200 OK\r\nA: " + "a".repeat(17_000) + "\r\nContent-Length: 0\r\n\r\n"));
                NetBench bench = NetBench.open()) {
            assertThat(bench.refusal(server.uri("/")).kind()).isEqualTo(Kind.PROTOCOL);
        }
    }

    @Test
    void takesAHeadOfNearly16KiB() throws Exception {
        String long8000 = "a".repeat(8_000);
        try (RawServer server = RawServer.start(once("HTTP/1.1 200 OK\r\nA: " + long8000 + "\r\nB: " + long8000
                        + "\r\nContent-Length: 2\r\n\r\nok"));
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/"));

            assertThat(reply.header("B")).contains(long8000);
            assertThat(text(reply)).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.6\r\n\r\n",
                "\u0016\u0003\u0003\0\2\2(\r\n\r\n",
                "HTTP/1.1 twohundred OK\r\n\r\n",
                "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                "ICAP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
                "HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 2\r\n\r\nok"
            })
    void refusesWhatIsNotQuiteHttp(String answer) throws Exception {
        try (RawServer server = RawServer.start(once(answer));
                NetBench bench = NetBench.open()) {
            assertThat(bench.refusal(server.uri("/")).kind()).isEqualTo(Kind.PROTOCOL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Le"})
    void saysThatAHeadWasCutShort(String answer) throws Exception {
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send(answer);
                });
                NetBench bench = NetBench.open()) {
            assertThat(bench.refusal(server.uri("/")).kind()).isEqualTo(Kind.CUT);
        }
    }

    @Test
    void takesNoNoticeOf100() throws Exception {
        try (RawServer server =
                        RawServer.start(always("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + OK));
                NetBench bench = NetBench.open()) {
            assertThat(bench.text(server.uri("/"))).isEqualTo("ok");
            assertThat(bench.text(server.uri("/"))).isEqualTo("ok");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void takesTheAnswerToAHeadForThatAlsoAfter100() throws Exception {
        try (RawServer server = RawServer.start(
                        always("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n"));
                NetBench bench = NetBench.open()) {
            assertThat(text(bench.head(server.uri("/")))).isEmpty();
            assertThat(text(bench.head(server.uri("/")))).isEmpty();
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 102, 103, 199})
    void refusesAnyOtherInterimAnswer(int status) throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (RawServer server = RawServer.start(
                        peer -> {
                            peer.request();
                            peer.send("HTTP/1.1 " + status + " Wait\r\n\r\n" + OK);
                            peer.awaitEnd();
                            closed.countDown();
                        },
                        always(OK));
                NetBench bench = NetBench.open()) {
            assertThat(bench.refusal(server.uri("/")).kind()).isEqualTo(Kind.PROTOCOL);
            closed.await();
            assertThat(bench.text(server.uri("/"))).isEqualTo("ok");
        }
    }

    @Test
    void neverTakesTheBodyOfAHeadForTheNextAnswer() throws Exception {
        String poison = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
        try (RawServer server = RawServer.start(
                        once("HTTP/1.1 200 OK\r\nContent-Length: " + poison.length() + "\r\n\r\n" + poison),
                        always(OK));
                NetBench bench = NetBench.open()) {
            text(bench.head(server.uri("/")));

            assertThat(bench.text(server.uri("/"))).isEqualTo("ok");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void readsAsStrictlyAsNettyDoesByDefault() {
        HttpDecoderConfig config = ResponseDecoder.config();

        assertThat(config.isStrictLineParsing()).isTrue();
        assertThat(config.isUseRfc9112TransferEncoding()).isTrue();
        assertThat(config.isAllowDuplicateContentLengths()).isFalse();
        assertThat(config.getMaxInitialLineLength()).isEqualTo(4_096);
        assertThat(config.getMaxHeaderSize()).isEqualTo(16_384);
        assertThat(config.getMaxChunkSize()).isEqualTo(262_144);
    }
}
