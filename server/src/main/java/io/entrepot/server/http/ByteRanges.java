package io.entrepot.server.http;

import io.entrepot.server.content.Body;
import io.entrepot.server.content.BodyReader;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several ranges of one blob as {@code multipart/byteranges} (RFC 9110, 14.6), in the order in which they were asked for:
 * lazy pullers bring the chunks of a layer that they miss in one request. Never one part alone in place of several.
 */
final class ByteRanges implements Selected {

    /** The most ranges in one request. */
    static final int MOST = 64;

    private final List<ByteRange> parts;
    private final String boundary = boundary();

    ByteRanges(List<ByteRange> parts) {
        this.parts = List.copyOf(parts);
    }

    /** Nobody who made the content knows it. */
    private static String boundary() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "%016x%016x".formatted(random.nextLong(), random.nextLong());
    }

    @Override
    public boolean partial() {
        return true;
    }

    @Override
    public String range() {
        return parts.stream().map(ByteRange::range).collect(Collectors.joining(","));
    }

    @Override
    public long length() {
        return parts.stream()
                        .mapToLong(part -> begin(part).length + part.length())
                        .sum()
                + end().length;
    }

    String contentType() {
        return "multipart/byteranges; boundary=" + boundary;
    }

    private byte[] begin(ByteRange part) {
        return ascii("\r\n--" + boundary + "\r\nContent-Type: application/octet-stream\r\nContent-Range: "
                + part.contentRange() + "\r\n\r\n");
    }

    private byte[] end() {
        return ascii("\r\n--" + boundary + "--\r\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The body, cut out of content in memory. */
    byte[] of(byte[] whole) {
        byte[] body = new byte[Math.toIntExact(length())];
        int at = 0;
        for (ByteRange part : parts) {
            byte[] begin = begin(part);
            System.arraycopy(begin, 0, body, at, begin.length);
            System.arraycopy(whole, (int) part.from(), body, at + begin.length, (int) part.length());
            at += begin.length + (int) part.length();
        }
        System.arraycopy(end(), 0, body, at, body.length - at);
        return body;
    }

    /** The body, read from content that streams: each part by a reader of its own, when its turn comes. */
    BodyReader reader(Body.Streamed body) {
        return new Parts(body);
    }

    private final class Parts implements BodyReader {

        private final Body.Streamed body;
        private final Iterator<ByteRange> ahead = parts.iterator();
        private @Nullable ByteRange announced;
        private @Nullable BodyReader reader;
        private long left;

        Parts(Body.Streamed body) {
            this.body = body;
        }

        @Override
        public CompletableFuture<Piece> next(int max) {
            if (reader != null && left > 0) {
                return reader.next((int) Math.min(max, left)).thenApply(this::count);
            }
            close();
            if (announced != null) {
                left = announced.length();
                reader = body.open(announced.from(), announced.to());
                announced = null;
                return next(max);
            }
            return CompletableFuture.completedFuture(new Piece.Memory(Unpooled.wrappedBuffer(envelope())));
        }

        private byte[] envelope() {
            if (!ahead.hasNext()) {
                return end();
            }
            ByteRange part = ahead.next();
            announced = part;
            return begin(part);
        }

        private Piece count(Piece piece) {
            left -= piece instanceof Piece.Region region
                    ? region.length()
                    : ((Piece.Memory) piece).bytes().readableBytes();
            return piece;
        }

        @Override
        public void close() {
            if (reader != null) {
                reader.close();
                reader = null;
            }
        }
    }
}
