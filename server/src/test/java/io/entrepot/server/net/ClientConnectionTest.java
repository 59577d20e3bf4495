package io.entrepot.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.LeakCheck;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The states of one connection, with a clock that stands still. */
@ExtendWith(LeakCheck.class)
class ClientConnectionTest implements ClientConnection.Owner {

    private static final HttpCall CALL = HttpCall.get(URI.create("http://registry.test/"), Map.of());
    private static final Origin ORIGIN = Origin.of(CALL.uri());
    private static final Duration LONG = Duration.ofSeconds(600);

    private final List<String> told = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ClientConnection connection =
            ClientConnection.over(channel, ORIGIN, NetBench.deadlines(LONG, LONG, Duration.ofSeconds(60)), this);

    @Override
    public void free(ClientConnection free) {
        told.add("free");
    }

    @Override
    public void gone(ClientConnection gone) {
        told.add("gone");
    }

    @BeforeEach
    void stopTheClock() {
        channel.freezeTime();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void closesWhenNobodyNeedsItForHalfAMinute() {
        answer();
        pass(29);
        assertThat(channel.isOpen()).isTrue();
        pass(2);

        assertThat(channel.isOpen()).isFalse();
        assertThat(told).containsExactly("free", "gone");
    }

    @Test
    void closesWhenItWasNeverNeeded() {
        pass(31);

        assertThat(told).containsExactly("gone");
    }

    @Test
    void staysOpenWhileItsAnswerIsAwaited() {
        CompletableFuture<HttpReply> awaited = connection.send(Outgoing.of(CALL, ORIGIN), LONG);
        pass(500);

        assertThat(awaited).isNotDone();
        assertThat(channel.isOpen()).isTrue();
        pass(101);
        assertThat(awaited).isCompletedExceptionally();
        assertThat(told).containsExactly("gone");
    }

    @Test
    void staysOpenWhileNobodyReadsItsBody() {
        connection.send(Outgoing.of(CALL, ORIGIN), LONG);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
        pass(100_000);

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void closesWhenItsBodyStallsForOneWhoReadsIt() {
        CompletableFuture<HttpReply> awaited = connection.send(Outgoing.of(CALL, ORIGIN), LONG);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        CompletableFuture<byte[]> body = awaited.join().body(100);
        pass(59);
        receive("first");
        pass(59);
        assertThat(body).isNotDone();
        pass(2);

        assertThat(body).isCompletedExceptionally();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void isFreeBeforeTheReaderKnowsThatTheBodyIsWhole() {
        CompletableFuture<HttpReply> awaited = connection.send(Outgoing.of(CALL, ORIGIN), LONG);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        CompletableFuture<Void> body = awaited.join().body(100).thenAccept(whole -> told.add("read"));
        receive("whole");

        assertThat(body).isCompleted();
        assertThat(told).containsExactly("free", "read");
    }

    @Test
    void isNotClosedByAnAnswerThatIsNotItsOwnAnyMore() {
        HttpReply first = answer();
        CompletableFuture<HttpReply> second = connection.send(Outgoing.of(CALL, ORIGIN), LONG);
        first.close();
        receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        assertThat(second).isCompleted();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void closesOnAByteThatNobodyAskedFor() {
        answer();
        receive("H");

        assertThat(channel.isOpen()).isFalse();
        assertThat(told).containsExactly("free", "gone");
    }

    private HttpReply answer() {
        CompletableFuture<HttpReply> awaited = connection.send(Outgoing.of(CALL, ORIGIN), LONG);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        HttpReply reply = awaited.join();
        assertThat(reply.body(2).join()).asString().isEqualTo("ok");
        return reply;
    }

    private void receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    private void pass(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }
}
