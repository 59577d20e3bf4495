package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.RegistryException;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What our decoder lets through, Netty's reads as the same request; and how the bytes are cut changes nothing. */
class RequestDecoderTest {

    @Property(tries = 20_000)
    void readsWhatNettyReads(@ForAll("almostRequests") String bytes) {
        List<Received> ours = ours(bytes, bytes.length());
        if (!ours.isEmpty() && ours.get(0) instanceof RequestHead head && keepsTheRules(head)) {
            HttpRequest theirs = nettys(bytes);

            assertThat(theirs.decoderResult().isSuccess()).isTrue();
            assertThat(head.method()).isEqualTo(theirs.method().name());
            assertThat(head.target()).isEqualTo(theirs.uri());
            assertThat(head.version()).isEqualTo(theirs.protocolVersion().text());
            assertThat(head.fields().stream().map(RequestHead.Field::name).toList())
                    .containsExactlyElementsOf(theirs.headers().entries().stream()
                            .map(entry -> entry.getKey())
                            .toList());
            assertThat(head.fields().stream().map(RequestHead.Field::value).toList())
                    .containsExactlyElementsOf(theirs.headers().entries().stream()
                            .map(entry -> entry.getValue())
                            .toList());
        }
    }

    @Property(tries = 2_000)
    void readsTheSameHoweverTheBytesAreCut(@ForAll("almostRequests") String bytes) {
        assertThat(described(ours(bytes, 1))).isEqualTo(described(ours(bytes, bytes.length())));
    }

    @Provide
    Arbitrary<String> almostRequests() {
        Arbitrary<String> parts = Arbitraries.of(
                "GET",
                "HEAD",
                "PUT",
                " ",
                " ",
                "/v2/",
                "/v2/a/manifests/b",
                "*",
                "http://m/",
                "HTTP/1.1",
                "HTTP/1.0",
                "\r\n",
                "\r\n",
                "\r\n",
                "\n",
                "\r",
                "\t",
                "\0",
                "\u007f",
                "\u00e9",
                ":",
                ": ",
                "Host",
                "m",
                "X",
                "a b",
                "Content-Length",
                "0",
                "Transfer-Encoding",
                "chunked",
                ",",
                ";",
                "(",
                "\"");
        Arbitrary<String> anything = parts.list().ofMaxSize(12).map(list -> String.join("", list));
        Arbitrary<String> line = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.of("Host: m", "X: a", "X:a ", "X:\t a\tb", "Y:", "X: a,b")),
                Tuple.of(1, anything));
        Arbitrary<String> ending = Arbitraries.frequency(Tuple.of(20, "\r\n"), Tuple.of(1, "\n"), Tuple.of(1, "\r\n "));
        Arbitrary<String> start = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.of("GET /v2/ HTTP/1.1", "HEAD /v2/a HTTP/1.1")), Tuple.of(1, anything));
        Arbitrary<String> lines = Combinators.combine(line, ending)
                .as((a, b) -> a + b)
                .list()
                .ofMaxSize(5)
                .map(list -> String.join("", list));
        return Combinators.combine(start, ending, lines, anything).as((a, b, c, d) -> a + b + c + "\r\n" + d);
    }

    private static List<Received> ours(String bytes, int step) {
        EmbeddedChannel channel = new EmbeddedChannel(new RequestDecoder(Configs.LIMITS));
        byte[] all = bytes.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < all.length; i += step) {
            channel.writeInbound(Unpooled.copiedBuffer(all, i, Math.min(step, all.length - i)));
        }
        List<Received> received = new ArrayList<>();
        for (Received one = channel.readInbound(); one != null; one = channel.readInbound()) {
            received.add(one);
        }
        channel.finishAndReleaseAll();
        return received;
    }

    private static boolean keepsTheRules(RequestHead head) {
        try {
            RequestRules.check(head);
            return true;
        } catch (RegistryException e) {
            return false;
        }
    }

    private static List<String> described(List<Received> received) {
        return received.stream()
                .map(one -> one instanceof Received.Broken broken
                        ? broken.because().status() + " " + broken.because().getMessage()
                        : one.toString())
                .toList();
    }

    private static HttpRequest nettys(String bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
        HttpRequest request = channel.readInbound();
        channel.finishAndReleaseAll();
        ReferenceCountUtil.release(request);
        return request;
    }
}
