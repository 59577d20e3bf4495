package io.entrepot.server.audit.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.loadtest.TestTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a syslog receiver reads. */
@Timeout(60)
class SyslogSinkTest {

    private static final String RECORD =
            "{\"seq\":7,\"time\":\"2026-11-27T02:03:04.000056Z\",\"type\":\"decision\",\"asked\":\"a\u00e9\"}";
    private static final String MESSAGE = "<110>1 2026-11-27T02:03:04.000056Z mirror-1 entrepot - decision - " + RECORD;

    @TempDir
    private Path dir;

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
                    length = 10 * length + c - '0';
                }
                all.add(new String(in.readNBytes(length), UTF_8));
            }
            return all;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CompletableFuture<List<String>> received(ServerSocket server, int count) {
        return CompletableFuture.supplyAsync(() -> {
            try (Socket socket = server.accept()) {
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

    @Test
    void aReceiverThatIsGoneIsNoticedBeforeABatchIsLost() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SyslogSink sink = SyslogSink.plain("127.0.0.1", server.getLocalPort(), "mirror-1")) {
            CompletableFuture<List<String>> first = received(server, 1);
            sink.deliver(batch(1));
            first.join();

            assertThatThrownBy(() -> sink.deliver(batch(1))).isInstanceOf(IOException.class);
            CompletableFuture<List<String>> again = received(server, 1);
            sink.deliver(batch(1));
            assertThat(again.join()).containsExactly(MESSAGE);
        }
    }
}
