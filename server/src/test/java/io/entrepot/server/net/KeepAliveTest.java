package io.entrepot.server.net;

import static io.entrepot.server.net.NetBench.await;
import static io.entrepot.server.net.NetBench.deadlines;
import static io.entrepot.server.net.NetBench.drain;
import static io.entrepot.server.net.NetBench.eventually;
import static io.entrepot.server.net.NetBench.failure;
import static io.entrepot.server.net.NetBench.internal;
import static io.entrepot.server.net.NetBench.text;
import static io.entrepot.server.net.RawServer.OK;
import static io.entrepot.server.net.RawServer.always;
import static io.entrepot.server.net.RawServer.once;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.net.HttpCall.Method;
import io.entrepot.server.net.NetException.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which connections are used again, by whom, and which must not be. */
@ExtendWith({LeakCheck.class, BlockHoundSetup.class})
class KeepAliveTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);

    @Test
    void usesAConnectionAgainWhoseAnswerWasRead() throws Exception {
        try (RawServer server = RawServer.start(always(OK));
                NetBench bench = NetBench.open()) {
            for (int i = 0; i < 5; i++) {
                assertThat(bench.text(server.uri("/"))).isEqualTo("ok");
            }

            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void usesAConnectionAgainWhoseWholeAnswerWasHereWhenItWasClosed() throws Exception {
        try (RawServer server = RawServer.start(always(OK));
                NetBench bench = NetBench.open()) {
            for (int i = 0; i < 5; i++) {
                bench.get(server.uri("/")).close();
            }

            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void closesAConnectionWhoseAnswerWasClosedOnTheWay() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (RawServer server = RawServer.start(
                        peer -> {
                            peer.request();
                            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
                            peer.awaitEnd();
                            closed.countDown();
                        },
                        always(OK));
                NetBench bench = NetBench.open()) {
            bench.get(server.uri("/")).close();
            closed.await();

            assertThat(bench.text(server.uri("/"))).isEqualTo("ok");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void doesNotUseAConnectionAgainThatThePeerMeansToClose() throws Exception {
        try (RawServer server =
                        RawServer.start(once("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"));
                NetBench bench = NetBench.open()) {
            bench.text(server.uri("/"));
            bench.text(server.uri("/"));

            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void asksAgainOnANewConnectionWhenAnOldOneEndsUnanswered() throws Exception {
        try (RawServer server = RawServer.start(
                        peer -> {
                            peer.request();
                            peer.send(OK);
                            peer.request();
                        },
                        always(OK));
                NetBench bench = NetBench.open()) {
            bench.text(server.uri("/first"));

            assertThat(bench.text(server.uri("/second"))).isEqualTo("ok");
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void asksAgainWhenAnOldConnectionIsReset() throws Exception {
        try (RawServer server = RawServer.start(
                        peer -> {
                            peer.request();
                            peer.send(OK);
                            peer.request();
                            peer.reset();
                        },
                        always(OK));
                NetBench bench = NetBench.open(internal(1))) {
            bench.text(server.uri("/first"));

            assertThat(bench.text(server.uri("/second"))).isEqualTo("ok");
        }
    }

    @Test
    void asksNoThirdTime() throws Exception {
        RawServer.Script endsAtTheSecondRequest = peer -> {
            peer.request();
            peer.send(OK);
            peer.request();
        };
        try (RawServer server = RawServer.start(endsAtTheSecondRequest, RawServer.Peer::request);
                NetBench bench = NetBench.open()) {
            bench.text(server.uri("/first"));

            assertThat(bench.refusal(server.uri("/second")).kind()).isEqualTo(Kind.CUT);
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void asksOnceWhenANewConnectionEndsUnanswered() throws Exception {
        try (RawServer server = RawServer.start(RawServer.Peer::request);
                NetBench bench = NetBench.open()) {
            assertThat(bench.refusal(server.uri("/")).kind()).isEqualTo(Kind.CUT);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void doesNotAskAgainOnceAByteOfTheAnswerWasHere() throws Exception {
        try (RawServer server = RawServer.start(
                        peer -> {
                            peer.request();
                            peer.send(OK);
                            peer.request();
                            peer.send("HTTP/1.1 2");
                        },
                        always(OK));
                NetBench bench = NetBench.open()) {
            bench.text(server.uri("/first"));

            assertThat(bench.refusal(server.uri("/second")).kind()).isEqualTo(Kind.CUT);
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void sendsAPostOnANewConnectionOnly() throws Exception {
        RawServer.Script reads = peer -> {
            peer.request();
            assertThat(peer.read(4)).isEqualTo("a=b&");
            peer.send(OK);
            peer.awaitEnd();
        };
        try (RawServer server = RawServer.start(once(OK), reads);
                NetBench bench = NetBench.open(internal(1))) {
            bench.text(server.uri("/"));
            byte[] form = {'a', '=', 'b', '&'};
            HttpReply reply = await(bench.client.send(new HttpCall(Method.POST, server.uri("/"), Map.of(), form)));

            assertThat(text(reply)).isEqualTo("ok");
            assertThat(server.requests().get(1)).contains("content-length: 4\r\n");
        }
    }

    @Test
    void opensNoMoreConnectionsThanItMay() throws Exception {
        CountDownLatch all = new CountDownLatch(3);
        RawServer.Script slow = peer -> {
            while (!peer.request().isEmpty()) {
                all.countDown();
                all.await();
                peer.send(OK);
            }
        };
        try (RawServer server = RawServer.start(slow);
                NetBench bench = NetBench.open(internal(3))) {
            List<CompletableFuture<HttpReply>> many = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                many.add(bench.sendGet(server.uri("/" + i)));
            }
            many.forEach(one -> assertThat(text(await(one))).isEqualTo("ok"));

            assertThat(server.connections()).isEqualTo(3);
        }
    }

    @Test
    void servesThoseWhoWaitInTheirOrder() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    asked.await();
                    peer.send(OK);
                    always(OK).serve(peer);
                });
                NetBench bench = NetBench.open(internal(1))) {
            List<CompletableFuture<HttpReply>> many = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                many.add(bench.sendGet(server.uri("/" + i)));
            }
            asked.countDown();
            many.forEach(one -> text(await(one)));

            assertThat(server.requests())
                    .extracting(head -> head.substring(0, 6))
                    .containsExactly("GET /0", "GET /1", "GET /2", "GET /3", "GET /4", "GET /5");
        }
    }

    @Test
    void sendsAwayWhoWaitsForAConnectionTooLong() throws Exception {
        try (RawServer server = RawServer.start(once("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst"));
                NetBench bench = NetBench.open(deadlines(LONG, SHORT, LONG))) {
            HttpReply busy = answered(bench, server.uri("/"));
            NetException why = bench.refusal(server.uri("/"));

            assertThat(why.kind()).isEqualTo(Kind.BUSY);
            assertThat(why).hasMessage(server.authority() + ": no connection became free within 200 ms");
            busy.close();
        }
    }

    /** An answer that came within the short time there is for it: on a busy machine not always the first. */
    private static HttpReply answered(NetBench bench, URI uri) {
        AtomicReference<HttpReply> answer = new AtomicReference<>();
        eventually(() -> {
            answer.set(await(bench.sendGet(uri).exceptionally(late -> null)));
            return answer.get() != null;
        });
        return answer.get();
    }

    @Test
    void sendsTheOneBeyondTheLineAway() throws Exception {
        try (RawServer server = RawServer.start(peer -> peer.awaitEnd());
                NetBench bench = NetBench.open(internal(1))) {
            List<CompletableFuture<HttpReply>> waiting = new ArrayList<>();
            for (int i = 0; i < 1_025; i++) {
                waiting.add(bench.sendGet(server.uri("/")));
            }

            assertThat(bench.refusal(server.uri("/")).kind()).isEqualTo(Kind.BUSY);
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
        }
    }

    @Test
    void letsSomebodyElseHaveThePlaceOfWhoGaveUpWaiting() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    go.await();
                    peer.send(OK);
                    always(OK).serve(peer);
                });
                NetBench bench = NetBench.open(internal(1))) {
            CompletableFuture<HttpReply> first = bench.sendGet(server.uri("/1"));
            CompletableFuture<HttpReply> second = bench.sendGet(server.uri("/2"));
            CompletableFuture<HttpReply> third = bench.sendGet(server.uri("/3"));
            second.cancel(false);
            go.countDown();

            assertThat(text(await(first))).isEqualTo("ok");
            assertThat(text(await(third))).isEqualTo("ok");
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void closesTheConnectionOfARequestThatIsGivenUp() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.awaitEnd();
                    closed.countDown();
                });
                NetBench bench = NetBench.open()) {
            CompletableFuture<HttpReply> given = bench.sendGet(server.uri("/"));
            eventually(() -> server.requests().size() == 1);
            given.cancel(false);

            closed.await();
        }
    }

    @Test
    void closesAConnectionThatSaysSomethingUnasked() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (RawServer server = RawServer.start(
                        peer -> {
                            peer.request();
                            peer.send(OK);
                            peer.send("HTTP/1.1 2");
                            peer.awaitEnd();
                            closed.countDown();
                        },
                        always(OK));
                NetBench bench = NetBench.open()) {
            bench.text(server.uri("/"));
            closed.await();

            assertThat(bench.text(server.uri("/"))).isEqualTo("ok");
        }
    }

    @Test
    void closesAConnectionWhoseAnswerHadMoreBytesThanItSaid() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (RawServer server = RawServer.start(
                        peer -> {
                            peer.request();
                            peer.send(OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                            peer.awaitEnd();
                            closed.countDown();
                        },
                        always(OK));
                NetBench bench = NetBench.open()) {
            assertThat(bench.text(server.uri("/"))).isEqualTo("ok");
            closed.await();

            assertThat(bench.text(server.uri("/"))).isEqualTo("ok");
        }
    }

    @Test
    void noticesAtOnceThatAFreeConnectionWasClosed() throws Exception {
        try (RawServer server = RawServer.start(
                        peer -> {
                            peer.request();
                            peer.send(OK);
                        },
                        always(OK));
                NetBench bench = NetBench.open()) {
            for (int i = 0; i < 3; i++) {
                assertThat(bench.text(server.uri("/"))).isEqualTo("ok");
            }
        }
    }

    @Test
    void sendsEverybodyAwayWhenItIsClosed() throws Exception {
        try (RawServer server = RawServer.start(peer -> peer.awaitEnd());
                NetBench bench = NetBench.open(internal(1))) {
            CompletableFuture<HttpReply> asked = bench.sendGet(server.uri("/"));
            CompletableFuture<HttpReply> waiting = bench.sendGet(server.uri("/"));
            eventually(() -> server.connections() == 1);
            bench.client.close();

            assertThat(failure(asked).kind()).isIn(Kind.CUT, Kind.UNREACHABLE);
            assertThat(failure(waiting).kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(bench.refusal(server.uri("/")).kind()).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void cutsBodiesShortWhenItIsClosed() throws Exception {
        try (RawServer server = RawServer.start(once("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst"));
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/"));
            CompletableFuture<byte[]> body = reply.body(100);
            bench.client.close();

            assertThat(failure(body).kind()).isEqualTo(Kind.CUT);
        }
    }

    @Test
    void doesTheSameWithoutNativeTransport() throws Exception {
        try (RawServer server = RawServer.start(always(OK));
                NetBench bench = NetBench.on(Transport.NIO)) {
            for (int i = 0; i < 5; i++) {
                assertThat(drain(bench.get(server.uri("/")))).hasSize(2);
            }

            assertThat(server.connections()).isEqualTo(1);
        }
    }
}
