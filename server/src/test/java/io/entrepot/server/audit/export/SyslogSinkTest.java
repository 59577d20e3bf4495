package io.entrepot.server.audit.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.TestTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a syslog receiver reads. */
@Timeout(60)
class SyslogSinkTest {

    private static final String RECORD =
            "{\"seq\":7,\"time\":\"2026-11-27T02:03:04.000056Z\",\"type\":\"decision\",\"asked\":\"a\u00e9\"}";
    private static final String MESSAGE = "<110>1 2026-11-27T02:03:04.000056Z mirror-1 entrepot - decision - " + RECORD;

    private final Deque<Socket> accepted = new ConcurrentLinkedDeque<>();

    @TempDir
    private Path dir;

    @AfterEach
    void hangUp() throws IOException {
        for (Socket socket : accepted) {
            socket.close();
        }
    }

    private static List<Entry> batch(int records) {
        List<Entry> all = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            all.add(new Entry(7 + i, RECORD.getBytes(UTF_8)));
        }
        return all;
    }

    /** Reads messages with their length before them (RFC 6587, 3.4.1). */
    private static List<String> messages(Socket socket, int count) {
        try {
            InputStream in = socket.getInputStream();
            List<String> all = new ArrayList<>();
            while (all.size() < count) {
                int length = 0;
                for (int c = in.read(); c != ' '; c = in.read()) {
                    if (c < 0) {
                        throw new IOException("the sink left");
                    }
                    length = 10 * length + c - '0';
                }
                all.add(new String(in.readNBytes(length), UTF_8));
            }
            return all;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads so many messages, and stays. */
    private CompletableFuture<List<String>> received(ServerSocket server, int count) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                Socket socket = server.accept();
                accepted.add(socket);
                return messages(socket, count);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void eachRecordIsAMessageWithItsLengthInBytesBeforeIt() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SyslogSink sink = SyslogSink.plain("127.0.0.1", server.getLocalPort(), "mirror-1")) {
            CompletableFuture<List<String>> received = received(server, 2);
            sink.deliver(batch(2));

            assertThat(received.join()).containsExactly(MESSAGE, MESSAGE);
        }
    }

    @Test
    void tlsIsVerifiedByTheAuthorityThatIsConfigured() throws Exception {
        TestTls tls = TestTls.forLoopback(dir);
        try (ServerSocket server =
                tls.context().getServerSocketFactory().createServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            try (SyslogSink sink =
                    SyslogSink.tls("localhost", server.getLocalPort(), Optional.of(tls.certificate()), "mirror-1")) {
                CompletableFuture<List<String>> received = received(server, 1);
                sink.deliver(batch(1));

                assertThat(received.join()).containsExactly(MESSAGE);
            }
            CompletableFuture<List<String>> nothing = received(server, 1);
            try (SyslogSink stranger =
                    SyslogSink.tls("localhost", server.getLocalPort(), Optional.empty(), "mirror-1")) {
                assertThatThrownBy(() -> stranger.deliver(batch(1))).isInstanceOf(IOException.class);
            }
            assertThat(nothing.handle((messages, failure) -> failure != null).join())
                    .isTrue();
        }
    }

    /** Takes a connection, and nothing that comes. */
    private void acceptAndIgnore(ServerSocket server) {
        CompletableFuture.runAsync(() -> {
            try {
                accepted.add(server.accept());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static ServerSocket withSmallBuffers(ServerSocket server) throws IOException {
        server.setReceiveBufferSize(4_096);
        server.bind(new InetSocketAddress("127.0.0.1", 0));
        return server;
    }

    /** More than both ends of a connection take into their buffers. */
    private static List<Entry> flood() {
        return List.of(new Entry(7, new byte[32 << 20]));
    }

    @Test
    void aReceiverThatTakesNothingIsHungUpOn() throws Exception {
        try (ServerSocket server = withSmallBuffers(new ServerSocket());
                SyslogSink sink = new SyslogSink(
                        new InetSocketAddress("127.0.0.1", server.getLocalPort()),
                        Optional.empty(),
                        "mirror-1",
                        Duration.ofSeconds(1))) {
            acceptAndIgnore(server);

            assertThatThrownBy(() -> sink.deliver(flood())).hasMessage("127.0.0.1 did not take a batch within 1 s");
        }
    }

    @Test
    void soIsOneOverTlsAndNobodyWaitsForAGoodbye() throws Exception {
        TestTls tls = TestTls.forLoopback(dir);
        try (ServerSocket server =
                withSmallBuffers(tls.context().getServerSocketFactory().createServerSocket())) {
            SSLContext trusting = SyslogSink.context(Optional.of(tls.certificate()));
            try (SyslogSink sink = new SyslogSink(
                    new InetSocketAddress("localhost", server.getLocalPort()),
                    Optional.of(trusting),
                    "mirror-1",
                    Duration.ofSeconds(2))) {
                CompletableFuture.runAsync(() -> handshakeAndIgnore(server));

                assertThatThrownBy(() -> sink.deliver(flood())).hasMessage("localhost did not take a batch within 2 s");
            }
        }
    }

    private void handshakeAndIgnore(ServerSocket server) {
        try {
            SSLSocket socket = (SSLSocket) server.accept();
            accepted.add(socket);
            socket.startHandshake();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean somethingCame() {
        try {
            return !accepted.isEmpty() && accepted.getLast().getInputStream().available() > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aSinkThatIsClosedEndsAWriteThatHangs() throws Exception {
        try (ServerSocket server = withSmallBuffers(new ServerSocket())) {
            SyslogSink sink = SyslogSink.plain("127.0.0.1", server.getLocalPort(), "mirror-1");
            acceptAndIgnore(server);
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    sink.deliver(flood());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Await.until("it writes", this::somethingCame);
            sink.close();

            assertThatThrownBy(writing::join).hasCauseInstanceOf(UncheckedIOException.class);
        }
    }

    /** Returns when the other end knows. */
    private static void hangUpForSure(Socket socket) throws IOException {
        socket.setSoLinger(true, 60);
        socket.close();
    }

    @Test
    void aReceiverThatIsGoneIsNoticedBeforeABatchIsLost() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SyslogSink sink = SyslogSink.plain("127.0.0.1", server.getLocalPort(), "mirror-1")) {
            CompletableFuture<List<String>> first = received(server, 1);
            sink.deliver(batch(1));
            first.join();
            hangUpForSure(accepted.getLast());

            assertThatThrownBy(() -> sink.deliver(batch(1))).isInstanceOf(IOException.class);
            CompletableFuture<List<String>> again = received(server, 1);
            sink.deliver(batch(1));
            assertThat(again.join()).containsExactly(MESSAGE);
        }
    }
}
