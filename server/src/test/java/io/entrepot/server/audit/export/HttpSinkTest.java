package io.entrepot.server.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.entrepot.server.net.Egress;
import io.entrepot.server.net.HttpClient;
import io.entrepot.server.net.Transport;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an HTTP collector gets. */
@Timeout(60)
class HttpSinkTest {

    private static final List<Entry> BATCH = List.of(
            new Entry(7, "{\"seq\":7}".getBytes(StandardCharsets.UTF_8)),
            new Entry(8, "{\"seq\":8}".getBytes(StandardCharsets.UTF_8)));

    private final EventLoopGroup loops = Transport.best().loops(1, "test");
    private final BlockingQueue<Posted> posted = new LinkedBlockingQueue<>();
    private HttpServer server;
    private int status = 204;

    private record Posted(Map<String, List<String>> headers, String lines) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        server.createContext("/in", exchange -> {
            try (GZIPInputStream in = new GZIPInputStream(exchange.getRequestBody())) {
                posted.add(new Posted(
                        Map.copyOf(exchange.getRequestHeaders()),
                        new String(in.readAllBytes(), StandardCharsets.UTF_8)));
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.stop(0);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
    }

    private HttpSink sink() {
        Duration patience = Duration.ofSeconds(10);
        Egress egress = new Egress(true, Set.of(), Optional.empty(), patience, patience, patience, 1);
        return new HttpSink(
                new HttpClient(loops, egress),
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/in"),
                Map.of("Authorization", "Bearer s3cret"));
    }

    @Test
    void aBatchIsJsonLinesGzippedWithItsNumbers() throws Exception {
        try (HttpSink sink = sink()) {
            sink.deliver(BATCH);
        }

        Posted got = posted.take();
        assertThat(got.lines()).isEqualTo("{\"seq\":7}\n{\"seq\":8}\n");
        assertThat(got.headers())
                .containsEntry("Content-type", List.of("application/x-ndjson"))
                .containsEntry("Content-encoding", List.of("gzip"))
                .containsEntry("Entrepot-first-seq", List.of("7"))
                .containsEntry("Entrepot-last-seq", List.of("8"))
                .containsEntry("Authorization", List.of("Bearer s3cret"));
    }

    @Test
    void whatIsNotTakenIsNotDelivered() throws Exception {
        status = 503;
        try (HttpSink sink = sink()) {
            assertThatThrownBy(() -> sink.deliver(BATCH)).hasMessage("127.0.0.1 answered 503 (expected: 2xx)");
        }
    }

    @Test
    void aCollectorThatIsNotThereIsAFailure() throws Exception {
        HttpSink sink = sink();
        server.stop(0);

        assertThatThrownBy(() -> sink.deliver(BATCH))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1 cannot be reached");
        sink.close();
    }
}
