package io.entrepot.server.net;

import static io.entrepot.server.net.NetBench.await;
import static io.entrepot.server.net.NetBench.bytes;
import static io.entrepot.server.net.NetBench.deadlines;
import static io.entrepot.server.net.NetBench.drain;
import static io.entrepot.server.net.NetBench.eventually;
import static io.entrepot.server.net.NetBench.failure;
import static io.entrepot.server.net.NetBench.text;
import static io.entrepot.server.net.RawServer.OK;
import static io.entrepot.server.net.RawServer.always;
import static io.entrepot.server.net.RawServer.once;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.net.NetException.Kind;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How bodies come: whole or not at all, at the reader's pace. */
@ExtendWith({LeakCheck.class, BlockHoundSetup.class})
class BodyTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final String TEN = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";

    @ParameterizedTest
    @EnumSource(Transport.class)
    void bringsALargeBodyInPiecesOfAtMost256KiB(Transport transport) throws Exception {
        byte[] sent = random(5_000_000);
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n");
                    peer.send(sent);
                    peer.awaitEnd();
                });
                NetBench bench = NetBench.on(transport)) {
            HttpReply reply = bench.get(server.uri("/"));
            int at = 0;
            for (Optional<ByteBuf> next = await(reply.next()); next.isPresent(); next = await(reply.next())) {
                byte[] piece = bytes(next.get());
                assertThat(piece.length).isBetween(1, 256 * 1024);
                assertThat(piece).isEqualTo(Arrays.copyOfRange(sent, at, at + piece.length));
                at += piece.length;
            }

            assertThat(at).isEqualTo(sent.length);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void losesNothingOfWhatAPeerSentBeforeItClosed(Transport transport) throws Exception {
        byte[] sent = random(3_000_000);
        CountDownLatch done = new CountDownLatch(1);
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
                    peer.send(sent);
                    done.countDown();
                });
                NetBench bench = NetBench.on(transport)) {
            HttpReply reply = bench.get(server.uri("/"));

            assertThat(drain(reply)).isEqualTo(sent);
            done.await();
        }
    }

    @Test
    void readsNothingFromTheSocketThatNobodyAskedFor() throws Exception {
        AtomicLong sent = new AtomicLong();
        byte[] piece = random(1 << 16);
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                    while (true) {
                        peer.send(piece);
                        sent.addAndGet(piece.length);
                    }
                });
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/"));
            bytes(await(reply.next()).orElseThrow());
            long before;
            do {
                before = sent.get();
                LockSupport.parkNanos(200_000_000);
            } while (sent.get() > before);

            // what the kernel keeps on both sides, far from the whole
            assertThat(before).isLessThan(64_000_000);
            reply.close();
        }
    }

    @Test
    void joinsChunks() throws Exception {
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\nTrailer-Of: nothing\r\n\r\n";
        try (RawServer server = RawServer.start(always(chunked));
                NetBench bench = NetBench.open()) {
            assertThat(bench.text(server.uri("/"))).isEqualTo("abcdefgh");
            assertThat(bench.text(server.uri("/"))).isEqualTo("abcdefgh");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void givesOutAtOnceWhatOneReadBrought() throws Exception {
        String chunked =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + "1\r\na\r\n".repeat(2_000) + "0\r\n\r\n";
        try (RawServer server = RawServer.start(always(chunked));
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/"));
            ByteBuf first = await(reply.next()).orElseThrow();

            assertThat(first.readableBytes()).isGreaterThan(1);
            assertThat(bytes(first).length + drain(reply).length).isEqualTo(2_000);
        }
    }

    @Test
    void endsABodyOfUnknownLengthWithTheConnection() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\n\r\nall there is");
                });
                NetBench bench = NetBench.open()) {
            assertThat(bench.text(server.uri("/"))).isEqualTo("all there is");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                TEN,
                TEN + "first",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfir",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n"
            })
    void saysThatABodyWasCutShort(String answer) throws Exception {
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send(answer);
                });
                NetBench bench = NetBench.open()) {
            assertThat(failure(bench.get(server.uri("/")).body(100)).kind()).isEqualTo(Kind.CUT);
        }
    }

    @Test
    void givesOutWhatCameBeforeTheCut() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send(TEN + "first");
                });
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/"));

            assertThat(bytes(await(reply.next()).orElseThrow())).asString().isEqualTo("first");
            assertThat(failure(reply.next()).kind()).isEqualTo(Kind.CUT);
            assertThat(failure(reply.next()).kind()).isEqualTo(Kind.CUT);
        }
    }

    @Test
    void saysThatAChunkIsNone() throws Exception {
        try (RawServer server =
                        RawServer.start(once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n"));
                NetBench bench = NetBench.open()) {
            assertThat(failure(bench.get(server.uri("/")).body(100)).kind()).isEqualTo(Kind.PROTOCOL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content", "304 Not Modified"})
    void expectsNoBodyWhereThereIsNone(String status) throws Exception {
        try (RawServer server = RawServer.start(always("HTTP/1.1 " + status + "\r\nContent-Length: 12\r\n\r\n"));
                NetBench bench = NetBench.open()) {
            assertThat(bench.text(server.uri("/"))).isEmpty();
            assertThat(bench.text(server.uri("/"))).isEmpty();
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void expectsNoBodyOfAHead() throws Exception {
        try (RawServer server = RawServer.start(always("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n"));
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.head(server.uri("/"));

            assertThat(reply.header("content-length")).contains("12");
            assertThat(text(reply)).isEmpty();
            assertThat(text(bench.head(server.uri("/")))).isEmpty();
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void sendsABodyThatStallsAwayIfSomebodyWaitsForIt() throws Exception {
        try (RawServer server = RawServer.start(once(TEN + "first"));
                NetBench bench = NetBench.open(deadlines(LONG, LONG, SHORT))) {
            NetException why = failure(bench.get(server.uri("/")).body(100));

            assertThat(why.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(why).hasMessage(server.authority() + " sent nothing for 200 ms");
        }
    }

    @Test
    void isNotFooledByABodyThatDrips() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                    while (true) {
                        peer.send("a");
                        Thread.sleep(20);
                    }
                });
                NetBench bench = NetBench.open(deadlines(LONG, LONG, Duration.ofSeconds(2)))) {
            NetException why = failure(bench.get(server.uri("/")).body(1_000_000));

            assertThat(why.kind()).isEqualTo(Kind.TIMEOUT);
        }
    }

    @Test
    void hasAllTheTimeAReaderTakes() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    peer.send(TEN + "first");
                    read.await();
                    peer.send("later");
                    peer.awaitEnd();
                });
                NetBench bench = NetBench.open(deadlines(LONG, LONG, Duration.ofSeconds(2)))) {
            HttpReply reply = bench.get(server.uri("/"));
            assertThat(bytes(await(reply.next()).orElseThrow())).asString().isEqualTo("first");
            // longer than the deadline: the reader is slow, not the peer
            Thread.sleep(2_500);
            read.countDown();

            assertThat(text(reply)).isEqualTo("later");
        }
    }

    @Test
    void readsNoMoreThanTheCallerAllows() throws Exception {
        try (RawServer server = RawServer.start(always(TEN + "0123456789"));
                NetBench bench = NetBench.open()) {
            assertThat(failure(bench.get(server.uri("/")).body(9)).kind()).isEqualTo(Kind.TOO_LARGE);
            assertThat(await(bench.get(server.uri("/")).body(10))).hasSize(10);
        }
    }

    @Test
    void failsWhoeverReadsWhatWasClosed() throws Exception {
        try (RawServer server = RawServer.start(once(TEN + "first"));
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/"));
            bytes(await(reply.next()).orElseThrow());
            CompletableFuture<Optional<ByteBuf>> waiting = reply.next();
            reply.close();
            reply.close();

            assertThat(failure(waiting).kind()).isEqualTo(Kind.CUT);
            assertThat(failure(reply.next()).kind()).isEqualTo(Kind.CUT);
        }
    }

    @Test
    void letsNobodyReadTwiceAtOnce() throws Exception {
        try (RawServer server = RawServer.start(once(TEN));
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/"));
            reply.next();

            assertThatThrownBy(reply.next()::join).hasCauseInstanceOf(IllegalStateException.class);
            reply.close();
        }
    }

    @Test
    void closesTheConnectionWhenNobodyTakesItsBytes() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try (RawServer server = RawServer.start(
                        peer -> {
                            peer.request();
                            peer.send(TEN);
                            asked.await();
                            peer.send("first");
                            peer.awaitEnd();
                            closed.countDown();
                        },
                        always(OK));
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/"));
            reply.next().cancel(false);
            asked.countDown();

            closed.await();
            assertThat(failure(reply.next()).kind()).isEqualTo(Kind.CUT);
        }
    }

    @Test
    void releasesWhatNobodyReadsOfAnAnswerThatNobodyTakes() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try (RawServer server = RawServer.start(peer -> {
                    peer.request();
                    go.await();
                    peer.send(TEN + "first");
                    peer.awaitEnd();
                    closed.countDown();
                });
                NetBench bench = NetBench.open()) {
            CompletableFuture<HttpReply> asked = bench.sendGet(server.uri("/"));
            eventually(() -> server.requests().size() == 1);
            asked.completeExceptionally(new IllegalStateException("the caller's own deadline"));
            go.countDown();

            closed.await();
        }
    }

    @Test
    void releasesWhatIsClosedAfterTheEventLoopsHaveEnded() throws Exception {
        HttpReply reply;
        try (RawServer server = RawServer.start(once(TEN + "first"));
                NetBench bench = NetBench.open()) {
            reply = bench.get(server.uri("/"));
        }
        reply.close();

        assertThat(failure(reply.next()).kind()).isEqualTo(Kind.CUT);
    }

    @Test
    void passesAContentCodingOn() throws Exception {
        try (RawServer server = RawServer.start(
                        always("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nzz"));
                NetBench bench = NetBench.open()) {
            HttpReply reply = bench.get(server.uri("/"));

            assertThat(reply.header("Content-Encoding")).contains("gzip");
            assertThat(text(reply)).isEqualTo("zz");
            assertThat(server.requests().get(0)).contains("accept-encoding: identity\r\n");
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
