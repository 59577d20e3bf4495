package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.server.content.Body;
import io.entrepot.server.content.BodyReader;
import io.entrepot.server.content.Content.Blob;
import io.entrepot.server.http.RawClient.Response;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlobTest {

    private static final String REPOSITORY = "docker.io/library/alpine";
    private static final byte[] BYTES = random(3_000_000);
    private static final Digest DIGEST = Digest.of(BYTES);
    private static final String TARGET = "/v2/library/alpine/blobs/" + DIGEST;

    @TempDir
    Path directory;

    private final TestMirror mirror = new TestMirror();
    private FileBody held;

    @BeforeEach
    void hold() {
        held = new FileBody(directory.resolve("blob"), BYTES);
        mirror.content.blob(REPOSITORY, BYTES, () -> held);
    }

    @AfterEach
    void close() throws Exception {
        mirror.close();
        held.file.close();
    }

    @Test
    void isServedFromItsFileWithExactHeaders() {
        Response response = mirror.ask("GET", TARGET);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(BYTES);
        Map<String, String> headers = new LinkedHashMap<>(response.headers());
        headers.remove("date");
        assertThat(headers)
                .containsExactly(
                        Map.entry("docker-distribution-api-version", "registry/2.0"),
                        Map.entry("content-type", "application/octet-stream"),
                        Map.entry("content-length", "3000000"),
                        Map.entry("docker-content-digest", DIGEST.toString()),
                        Map.entry("etag", "\"" + DIGEST + "\""),
                        Map.entry("cache-control", "private, max-age=31536000, immutable"),
                        Map.entry("x-entrepot-cache", "hit"),
                        Map.entry("accept-ranges", "bytes"));
    }

    @Test
    void leavesItsFileOpenForOthers() {
        mirror.ask("GET", TARGET);

        assertThat(mirror.ask("GET", TARGET).body()).isEqualTo(BYTES);
        assertThat(held.file.isOpen()).isTrue();
    }

    @Test
    void closesReaderAndBodyOnceWhenItIsOut() {
        mirror.ask("GET", TARGET);
        mirror.exchange();

        assertThat(held.readers).hasValue(0);
        assertThat(held.closed).hasValue(1);
    }

    @Test
    void hasTheSameHeadOnHead() {
        Response get = mirror.ask("GET", TARGET);
        Response head = mirror.ask("HEAD", TARGET, "Range: bytes=0-9");

        assertThat(head.status()).isEqualTo(200);
        assertThat(withoutDate(head)).isEqualTo(withoutDate(get));
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-,           0,       3000000",
        "bytes=0-0,          0,       1",
        "bytes=1000000-,     1000000, 3000000",
        "bytes=5-1048580,    5,       1048581",
        "bytes=2999999-,     2999999, 3000000",
        "bytes=10-99999999,  10,      3000000",
        "bytes=-5,           2999995, 3000000",
        "bytes=-99999999,    0,       3000000",
        "Bytes=7-7,          7,       8",
        "'bytes=7-7,',       7,       8",
        "'bytes= , 7-7',     7,       8",
        "bytes=0-99999999999999999999999999, 0, 3000000",
    })
    void isServedInPart(String range, int from, int to) {
        Response response = mirror.ask("GET", TARGET, "Range: " + range);

        assertThat(response.status()).isEqualTo(206);
        assertThat(response.header("Content-Range")).isEqualTo("bytes " + from + "-" + (to - 1) + "/3000000");
        assertThat(response.header("Content-Length")).isEqualTo(Integer.toString(to - from));
        assertThat(response.body()).isEqualTo(Arrays.copyOfRange(BYTES, from, to));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=3000000-", "bytes=3000000-3000005", "bytes=99999999999999999999-", "bytes=-0"})
    void isRefusedInPartWhereThereIsNone(String range) {
        Response response = mirror.ask("GET", TARGET, "Range: " + range);
        mirror.exchange();

        assertThat(response.status()).isEqualTo(416);
        assertThat(response.header("Content-Range")).isEqualTo("bytes */3000000");
        assertThat(held.closed).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lines=0-1",
                "garbage",
                "=",
                "bytes",
                "bytes 0-1",
                "bytes=",
                "bytes=,",
                "bytes=-",
                "bytes=5",
                "bytes=a-b",
                "bytes=+1-2",
                "bytes=1--2",
                "bytes=500-0",
                "bytes=3000005-3000000",
                "bytes=0-1,x",
                "bytes=3000000-,-"
            })
    void isServedWholeWhereTheRangeIsNone(String range) {
        Response response = mirror.ask("GET", TARGET, "Range: " + range);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Range")).isEmpty();
        assertThat(response.body()).isEqualTo(BYTES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Range: bytes=0-,0-", "Range: bytes=0-1\r\nRange: bytes=5-6"})
    void isServedWholeWhereOnePartIsNotWhatWasAsked(String header) {
        Response response = mirror.ask("GET", TARGET, header);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(BYTES);
    }

    @Test
    void isServedInSeveralPartsInTheOrderAskedFor() {
        Response response = mirror.ask("GET", TARGET, "Range: bytes=2999990-, 0-1,1000000-1999999,-1,9999999-");
        String type = response.header("Content-Type");
        String boundary = "--" + type.substring(type.indexOf('=') + 1);

        assertThat(response.status()).isEqualTo(206);
        assertThat(type).startsWith("multipart/byteranges; boundary=");
        assertThat(response.header("Content-Range")).isEmpty();
        assertThat(new String(response.body(), StandardCharsets.ISO_8859_1))
                .isEqualTo(part(boundary, 2_999_990, 3_000_000)
                        + part(boundary, 0, 2)
                        + part(boundary, 1_000_000, 2_000_000)
                        + part(boundary, 2_999_999, 3_000_000)
                        + "\r\n" + boundary + "--\r\n");
        assertThat(response.header("Content-Length")).isEqualTo(Integer.toString(response.body().length));
    }

    private static String part(String boundary, int from, int to) {
        return "\r\n" + boundary + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes " + from + "-"
                + (to - 1) + "/3000000\r\n\r\n"
                + new String(BYTES, from, to - from, StandardCharsets.ISO_8859_1);
    }

    @Test
    void isRefusedInMorePartsThanAreGiven() {
        Response most = mirror.ask("GET", TARGET, "Range: bytes=" + "0-0,".repeat(63) + "1-1");
        Response tooMany = mirror.ask("GET", TARGET, "Range: bytes=" + "0-0,".repeat(64) + "1-1");

        assertThat(most.status()).isEqualTo(206);
        assertThat(tooMany.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=3000000-,-0", "bytes=3000000-,4000000-4000001"})
    void isRefusedInPartsWhereThereAreNone(String range) {
        assertThat(mirror.ask("GET", TARGET, "Range: " + range).status()).isEqualTo(416);
    }

    @Test
    void isServedInSeveralPartsWhileItGrows() {
        GrowingBody body = growing();
        try (RawClient client = mirror.client()) {
            client.send("GET " + TARGET + " HTTP/1.1\r\nHost: m\r\nRange: bytes=5-9,2000000-2000004\r\n\r\n");
            String head = head(client);
            body.grow(1_500_000);
            body.grow(BYTES.length);
            int length = Integer.parseInt(head.replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));

            assertThat(new String(client.bytes(length), StandardCharsets.ISO_8859_1))
                    .contains("\r\n\r\n" + new String(BYTES, 5, 5, StandardCharsets.ISO_8859_1))
                    .contains("\r\n\r\n" + new String(BYTES, 2_000_000, 5, StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void isServedInPartIfTheClientHasThisBlob() {
        Response same = mirror.ask("GET", TARGET, "Range: bytes=5-9", "If-Range: \"" + DIGEST + "\"");
        Response other = mirror.ask("GET", TARGET, "Range: bytes=5-9", "If-Range: \"sha256:other\"");
        Response weak = mirror.ask("GET", TARGET, "Range: bytes=5-9", "If-Range: W/\"" + DIGEST + "\"");
        Response date = mirror.ask("GET", TARGET, "Range: bytes=5-9", "If-Range: Wed, 21 Oct 2015 07:28:00 GMT");

        assertThat(same.status()).isEqualTo(206);
        assertThat(other.status()).isEqualTo(200);
        assertThat(weak.status()).isEqualTo(200);
        assertThat(date.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"'', 200, 0, 3000000", "bytes=1000000-, 206, 1000000, 3000000", "bytes=-9, 206, 2999991, 3000000"})
    void isServedWhileItGrowsWithItsHeadAtOnce(String range, int status, int from, int to) {
        GrowingBody body = growing();
        try (RawClient client = mirror.client()) {
            client.send("GET " + TARGET + " HTTP/1.1\r\nHost: m\r\n"
                    + (range.isEmpty() ? "" : "Range: " + range + "\r\n") + "\r\n");
            String head = head(client);
            body.grow(1_500_000);
            body.grow(BYTES.length);

            assertThat(head).startsWith("HTTP/1.1 " + status).contains("X-Entrepot-Cache: fill");
            assertThat(client.bytes(to - from)).isEqualTo(Arrays.copyOfRange(BYTES, from, to));
        }
    }

    @Test
    void endsShortAndWithoutResetWhenItGoesWrong() {
        GrowingBody body = growing();
        try (RawClient client = mirror.client()) {
            client.send("GET " + TARGET + " HTTP/1.1\r\nHost: m\r\n\r\n");
            body.grow(2_000_000);
            head(client);
            byte[] got = client.bytes(2_000_000);
            body.fail();

            assertThat(got).isEqualTo(Arrays.copyOf(BYTES, 2_000_000));
            assertThat(client.ended()).isTrue();
        }
        Exchanged exchange = mirror.exchange();
        assertThat(exchange.complete()).isFalse();
        assertThat(exchange.bytes()).isEqualTo(2_000_000);
        assertThat(body.readers).hasValue(0);
        assertThat(body.closed).hasValue(1);
    }

    @Test
    void isLetGoOnceWhenTheClientLeaves() {
        GrowingBody body = growing();
        RawClient client = mirror.client();
        client.send("GET " + TARGET + " HTTP/1.1\r\nHost: m\r\n\r\n");
        head(client);
        client.reset();
        Exchanged exchange = mirror.exchange();
        body.grow(BYTES.length);

        assertThat(exchange.complete()).isFalse();
        assertThat(body.readers).hasValue(0);
        assertThat(body.closed).hasValue(1);
    }

    @Test
    void isLetGoWhenItComesAfterTheClientLeft() {
        CompletableFuture<Blob> coming = new CompletableFuture<>();
        mirror.content.blob(REPOSITORY, DIGEST, () -> coming);
        RawClient client = mirror.client();
        client.send("GET " + TARGET + " HTTP/1.1\r\nHost: m\r\n\r\n");
        Eventually.until(() -> mirror.server.inFlight() == 1);
        client.reset();
        mirror.exchange();
        GrowingBody body = new GrowingBody(BYTES);
        coming.complete(blob(body));

        Eventually.until(() -> body.closed.get() == 1);
        assertThat(body.readers).hasValue(0);
    }

    @Test
    void ofNoBytesIsServed() {
        byte[] none = {};
        GrowingBody body = new GrowingBody(none);
        Digest digest = mirror.content.blob(REPOSITORY, none, () -> body);

        Response response = mirror.ask("GET", "/v2/library/alpine/blobs/" + digest);
        Response part = mirror.ask("GET", "/v2/library/alpine/blobs/" + digest, "Range: bytes=0-");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Length")).isEqualTo("0");
        assertThat(part.status()).isEqualTo(416);
    }

    @Test
    void endsShortWhereItsReaderIsDefect() {
        BodyReader throwing = new FakeReader(max -> {
            throw new IllegalStateException("expected in the log: no next piece");
        });
        BodyReader tooMuch = new FakeReader(max -> CompletableFuture.completedFuture(new BodyReader.Piece.Memory(
                ByteBufAllocator.DEFAULT.buffer(BYTES.length + 1).writeZero(BYTES.length + 1))));
        BodyReader nothing = new FakeReader(
                max -> CompletableFuture.completedFuture(new BodyReader.Piece.Memory(Unpooled.EMPTY_BUFFER)));

        for (BodyReader reader : List.of(throwing, tooMuch, nothing)) {
            mirror.content.blob(REPOSITORY, BYTES, () -> new FakeBody(reader));
            try (RawClient client = mirror.client()) {
                String answer = client.send("GET " + TARGET + " HTTP/1.1\r\nHost: m\r\n\r\n")
                        .rest();

                assertThat(answer.length()).isLessThan(1_000);
                assertThat(mirror.exchange().complete()).isFalse();
            }
        }
    }

    @Test
    void isAnErrorOfOursWhereItCannotBeOpened() {
        mirror.content.blob(REPOSITORY, BYTES, () -> new FakeBody(null));

        Response response = mirror.ask("GET", TARGET);

        assertThat(response.status()).isEqualTo(500);
    }

    @Test
    void goesToManyClientsAtTheSameTime() {
        Response[] responses = new Response[8];
        Thread[] threads = new Thread[responses.length];
        for (int i = 0; i < threads.length; i++) {
            int at = i;
            threads[i] = new Thread(() -> responses[at] = mirror.ask("GET", TARGET));
            threads[i].start();
        }
        for (Thread thread : threads) {
            join(thread);
        }

        assertThat(responses).allSatisfy(response -> assertThat(response.body()).isEqualTo(BYTES));
    }

    private record FakeReader(IntFunction<CompletableFuture<Piece>> pieces) implements BodyReader {
        @Override
        public CompletableFuture<Piece> next(int max) {
            return pieces.apply(max);
        }

        @Override
        public void close() {}
    }

    private record FakeBody(@Nullable BodyReader reader) implements Body.Streamed {
        @Override
        public long size() {
            return BYTES.length;
        }

        @Override
        public BodyReader open(long from, long to) {
            if (reader == null) {
                throw new IllegalStateException("expected in the log: cannot be opened");
            }
            return reader;
        }

        @Override
        public void close() {}
    }

    private GrowingBody growing() {
        GrowingBody body = new GrowingBody(BYTES);
        mirror.content.blob(REPOSITORY, DIGEST, () -> CompletableFuture.completedFuture(blob(body)));
        return body;
    }

    private static Blob blob(GrowingBody body) {
        return new Blob(new Descriptor(MediaType.OCTET_STREAM, DIGEST, BYTES.length), body, Blob.Source.FILL);
    }

    private static String head(RawClient client) {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) client.bytes(1)[0]);
        }
        return head.toString();
    }

    private static Map<String, String> withoutDate(Response response) {
        Map<String, String> headers = new LinkedHashMap<>(response.headers());
        headers.remove("date");
        return headers;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}
