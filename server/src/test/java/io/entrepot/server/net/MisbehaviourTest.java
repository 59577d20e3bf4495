package io.entrepot.server.net;

import static io.entrepot.server.net.NetBench.deadlines;
import static io.entrepot.server.net.RawServer.OK;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Await;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers and callers that do anything at any time: every future completes, no buffer and no place in a pool is lost. */
@ExtendWith({LeakCheck.class, BlockHoundSetup.class})
class MisbehaviourTest {

    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final int CALLS = 1_000;
    private static final int PLACES = 5;

    private static final List<String> ANSWERS = List.of(
            OK,
            OK,
            OK,
            "",
            "HTTP/1.1 2",
            "nonsense\r\n\r\n",
            OK + "surplus",
            OK + OK,
            "HTTP/1.1 100 Continue\r\n\r\n" + OK,
            "HTTP/1.1 103 Early Hints\r\n\r\n" + OK,
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nx",
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end",
            "HTTP/1.1 307 Over there\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 307 Over there\r\nLocation: http://elsewhere.test/\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + "x".repeat(300_000));

    /** Where calls meet, as many as there are places; until there is one, the server misbehaves. */
    private volatile CyclicBarrier together;

    @ParameterizedTest
    @EnumSource(Transport.class)
    void loseNothing(Transport transport) throws Exception {
        Random random = new Random(42);
        try (RawServer server = RawServer.start(this::misbehave);
                NetBench bench =
                        NetBench.on(transport, deadlines(DEADLINE.multipliedBy(10), DEADLINE, DEADLINE, PLACES))) {
            List<CompletableFuture<?>> ends = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                ends.add(call(bench, server, random));
                if (i % 20 == 0) {
                    ends.get(random.nextInt(ends.size()))
                            .handle((done, failure) -> done)
                            .get(60, TimeUnit.SECONDS);
                }
            }
            for (CompletableFuture<?> end : ends) {
                assertThat(end.handle((done, failure) -> true).get(60, TimeUnit.SECONDS))
                        .isTrue();
            }

            Await.until(
                    "as many calls as there are places are answered at once", () -> areAnsweredAtOnce(bench, server));
        }
    }

    /**
     * Whether the server, which behaves from now on, gets and answers a call from each place at the same time. Connections on
     * which it misbehaved last may still end, or bring what nobody asked for: then another try finds them gone.
     */
    private boolean areAnsweredAtOnce(NetBench bench, RawServer server) {
        together = new CyclicBarrier(PLACES);
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < PLACES; i++) {
            all.add(bench.sendGet(server.uri("/calm"))
                    .thenCompose(reply -> reply.body(1_000))
                    .handle((body, failure) -> failure == null ? new String(body, US_ASCII) : failure.toString()));
        }
        return all.stream().map(NetBench::await).toList().equals(Collections.nCopies(PLACES, "ok"));
    }

    /** Sends, and does with the answer one of the things that callers do. */
    private static CompletableFuture<?> call(NetBench bench, RawServer server, Random random) {
        int how = random.nextInt(8);
        CompletableFuture<HttpReply> sent = bench.sendGet(server.uri("/" + random.nextInt()));
        if (how == 0) {
            bench.loops.schedule(() -> sent.cancel(false), random.nextInt(20), TimeUnit.MILLISECONDS);
        }
        return sent.thenCompose(reply -> use(reply, how, bench).thenApply(done -> true));
    }

    private static CompletableFuture<?> use(HttpReply reply, int how, NetBench bench) {
        return switch (how) {
            case 1 -> closed(reply);
            case 2 -> {
                CompletableFuture<Optional<ByteBuf>> next = reply.next();
                bench.loops.schedule(reply::close, how, TimeUnit.MILLISECONDS);
                yield next.thenAccept(piece -> piece.ifPresent(ByteBuf::release));
            }
            case 3 -> {
                CompletableFuture<Optional<ByteBuf>> next = reply.next();
                next.cancel(false);
                next.thenAccept(piece -> piece.ifPresent(ByteBuf::release));
                yield closed(reply);
            }
            case 4 -> reply.body(1_000);
            default -> reply.body(1 << 20);
        };
    }

    private static CompletableFuture<?> closed(HttpReply reply) {
        reply.close();
        return CompletableFuture.completedFuture(reply);
    }

    private void misbehave(RawServer.Peer peer) throws Exception {
        Random random = new Random();
        while (!peer.request().isEmpty()) {
            CyclicBarrier meeting = together;
            if (meeting != null) {
                // who does not come has given up by then
                meeting.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
                peer.send(OK);
                continue;
            }
            String answer = ANSWERS.get(random.nextInt(ANSWERS.size()));
            int cut = random.nextInt(6) == 0 ? random.nextInt(answer.length() + 1) : answer.length();
            int pause = random.nextInt(answer.length() + 1);
            peer.send(answer.substring(0, Math.min(cut, pause)));
            TimeUnit.MILLISECONDS.sleep(random.nextInt(300) == 0 ? 1_300 : random.nextInt(3));
            peer.send(answer.substring(Math.min(cut, pause), cut));
            switch (random.nextInt(10)) {
                case 0 -> {
                    return;
                }
                case 1 -> peer.reset();
                default -> {}
            }
        }
    }
}
