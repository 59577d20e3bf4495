package io.entrepot.loadtest;

import io.entrepot.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.security.MessageDigest;

/** The head of an answer, and its body as it comes: told apart are a body that ends as announced and one that is cut. */
public final class RawAnswer {

    /** How a body's end is known. */
    private enum Framing {
        NONE,
        LENGTH,
        CHUNKED,
        CLOSE
    }

    private final int status;
    private final String reason;
    private final Headers headers;
    private final InputStream in;
    private final Framing framing;
    private long left;
    private boolean ended;
    private boolean cut;

    private RawAnswer(int status, String reason, Headers headers, InputStream in, Framing framing, long left) {
        this.status = status;
        this.reason = reason;
        this.headers = headers;
        this.in = in;
        this.framing = framing;
        this.left = left;
        this.ended = framing == Framing.NONE || (framing == Framing.LENGTH && left == 0);
    }

    static RawAnswer of(String method, String statusLine, Headers headers, InputStream in) {
        String[] parts = statusLine.split(" ", 3);
        int status = Integer.parseInt(parts[1]);
        String reason = parts.length == 3 ? parts[2] : "";
        Framing framing = framing(method, status, headers);
        long length = framing == Framing.LENGTH
                ? Long.parseLong(headers.first("Content-Length").orElseThrow())
                : 0;
        return new RawAnswer(status, reason, headers, in, framing, length);
    }

    private static Framing framing(String method, int status, Headers headers) {
        if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
            return Framing.NONE;
        }
        if (headers.first("Transfer-Encoding").orElse("").equalsIgnoreCase("chunked")) {
            return Framing.CHUNKED;
        }
        return headers.has("Content-Length") ? Framing.LENGTH : Framing.CLOSE;
    }

    public int status() {
        return status;
    }

    public String reason() {
        return reason;
    }

    public Headers headers() {
        return headers;
    }

    /** The value of the first header of this name, or an empty text. */
    public String header(String name) {
        return headers.first(name).orElse("");
    }

    /** Reads up to {@code length} bytes of the body. @return how many, or -1 at its end or where it was cut */
    public int read(byte[] into, int offset, int length) throws IOException {
        if (ended || cut) {
            return -1;
        }
        try {
            return readBody(into, offset, length);
        } catch (SocketException e) {
            cut = true;
            return -1;
        }
    }

    private int readBody(byte[] into, int offset, int length) throws IOException {
        if (framing == Framing.CHUNKED && left == 0 && !nextChunk()) {
            return -1;
        }
        int limit = framing == Framing.CLOSE ? length : (int) Math.min(length, left);
        int read = in.read(into, offset, limit);
        if (read < 0) {
            ended = framing == Framing.CLOSE;
            cut = !ended;
            return -1;
        }
        left -= read;
        ended = framing == Framing.LENGTH && left == 0;
        if (framing == Framing.CHUNKED && left == 0) {
            line();
        }
        return read;
    }

    private boolean nextChunk() throws IOException {
        String size = line();
        if (cut) {
            return false;
        }
        left = Long.parseLong(size, 16);
        if (left == 0) {
            line();
            ended = !cut;
            return false;
        }
        return true;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                cut = true;
                return "";
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    /** Reads exactly this many bytes of the body. @throws IOException if it ends before */
    public byte[] readExactly(int length) throws IOException {
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            int read = read(bytes, done, length - done);
            if (read < 0) {
                throw new IOException("body ends after " + done + " bytes (expected: " + length + " more)");
            }
            done += read;
        }
        return bytes;
    }

    /** Reads the rest into memory. */
    public RawHttp.Response readAll() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 * 1024];
        for (int read = read(buffer, 0, buffer.length); read >= 0; read = read(buffer, 0, buffer.length)) {
            body.write(buffer, 0, read);
        }
        return new RawHttp.Response(status, reason, headers, body.toByteArray(), complete());
    }

    /** Reads the rest, hashes it and drops it. */
    public RawHttp.Drained drain() throws IOException {
        MessageDigest hash = Digest.Algorithm.SHA256.newHash();
        byte[] buffer = new byte[64 * 1024];
        long bytes = 0;
        for (int read = read(buffer, 0, buffer.length); read >= 0; read = read(buffer, 0, buffer.length)) {
            hash.update(buffer, 0, read);
            bytes += read;
        }
        return new RawHttp.Drained(
                status, headers, bytes, Digest.ofHash(Digest.Algorithm.SHA256, hash.digest()), complete());
    }

    /** True once the body has come to its announced end; for one that ends with its connection, once that has ended. */
    public boolean complete() {
        return ended;
    }
}
