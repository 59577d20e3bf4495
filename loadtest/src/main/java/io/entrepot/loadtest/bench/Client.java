package io.entrepot.loadtest.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One connection that asks for one path again and again and drops the bodies. It reads no more of a head than the status
 * and, once, the length: every answer of one path has the same head but for the date.
 */
final class Client {

    /** What every request accepts, manifests among it, as containerd says it. */
    static final String ACCEPT = "Accept: application/vnd.docker.distribution.manifest.v2+json,"
            + " application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json,"
            + " application/vnd.oci.image.index.v1+json, */*";

    private final SocketChannel channel;
    private final ByteBuffer request;
    private boolean inBody;
    private long bodyLength = -1;
    private long bodyLeft;
    private long askedAt;
    private long firstByteAt;
    private long answers;
    private long bytes;

    Client(URI uri, Selector selector) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(uri.getHost(), uri.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
        String text =
                "GET " + uri.getRawPath() + " HTTP/1.1\r\nHost: " + uri.getAuthority() + "\r\n" + ACCEPT + "\r\n\r\n";
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        request = ByteBuffer.allocateDirect(bytes.length).put(bytes);
    }

    /** Sends the request. */
    void ask() throws IOException {
        request.flip();
        askedAt = System.nanoTime();
        while (request.hasRemaining()) {
            channel.write(request);
        }
        firstByteAt = 0;
    }

    /**
     * Takes what has come, by way of a buffer that all connections share.
     *
     * @return true if an answer has ended
     */
    boolean receive(ByteBuffer buffer) throws IOException {
        buffer.clear();
        int read = channel.read(buffer);
        if (read < 0) {
            throw new IOException("connection closed within an answer, " + bodyLeft + " bytes before its end");
        }
        buffer.flip();
        if (!inBody) {
            readHead(buffer);
        }
        int body = buffer.remaining();
        if (body > 0 && firstByteAt == 0) {
            firstByteAt = System.nanoTime();
        }
        bytes += body;
        bodyLeft -= body;
        if (bodyLeft > 0) {
            return false;
        }
        answers++;
        inBody = false;
        return true;
    }

    /** Steps over a head, which arrives whole: servers write it in one piece, and it is smaller than a packet. */
    private void readHead(ByteBuffer buffer) throws IOException {
        int end = headEnd(buffer);
        if (end < 0 || buffer.get(9) != '2' || buffer.get(10) != '0' || buffer.get(11) != '0') {
            throw new IOException("answer: " + text(buffer, Math.min(200, buffer.limit())) + " (expected: 200)");
        }
        if (bodyLength < 0) {
            bodyLength = contentLength(text(buffer, end));
        }
        buffer.position(end);
        bodyLeft = bodyLength;
        inBody = true;
    }

    private static int headEnd(ByteBuffer buffer) {
        for (int i = 3; i < buffer.limit(); i++) {
            if (buffer.get(i) == '\n' && buffer.get(i - 2) == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private static long contentLength(String head) throws IOException {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
                .mapToLong(line -> Long.parseLong(line.substring(15).strip()))
                .findFirst()
                .orElseThrow(() -> new IOException("head: " + head + " (expected: a Content-Length)"));
    }

    private static String text(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(0, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    long answers() {
        return answers;
    }

    long bytes() {
        return bytes;
    }

    /** When it last asked, on the same clock as {@link #firstByteAt}. */
    long askedAt() {
        return askedAt;
    }

    /** When the first byte of the last body came, on the clock of {@link System#nanoTime}. */
    long firstByteAt() {
        return firstByteAt;
    }

    void close() throws IOException {
        channel.close();
    }
}
