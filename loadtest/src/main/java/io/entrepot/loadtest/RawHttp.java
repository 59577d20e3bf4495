package io.entrepot.loadtest;

import io.entrepot.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A client that shows exactly what came over the wire, and whether it came whole; follows nothing, decodes nothing. */
public final class RawHttp {

    /** An answer with its body, as far as it came; {@code complete} tells whether it came to its announced end. */
    public record Response(int status, String reason, Headers headers, byte[] body, boolean complete) {

        /** The value of the first header of this name, or an empty text. */
        public String header(String name) {
            return headers.first(name).orElse("");
        }

        /** The body as text. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** The digest of what came of the body. */
        public Digest digest() {
            return Digest.of(body);
        }
    }

    /** An answer whose body was hashed and dropped as it came. */
    public record Drained(int status, Headers headers, long bytes, Digest digest, boolean complete) {

        /** The value of the first header of this name, or an empty text. */
        public String header(String name) {
            return headers.first(name).orElse("");
        }
    }

    private RawHttp() {}

    /** GET, with header lines as in {@code Range: bytes=0-9}. */
    public static Response get(URI uri, String... headers) {
        return exchange("GET", uri, headers);
    }

    /** HEAD; a body that came all the same is an error. */
    public static Response head(URI uri, String... headers) {
        return exchange("HEAD", uri, headers);
    }

    /** Any method without a body. */
    public static Response exchange(String method, URI uri, String... headers) {
        try (RawConnection connection = RawConnection.open(uri)) {
            return connection.request(method, target(uri), withClose(headers)).readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** GET of a body that may be larger than memory. */
    public static Drained drain(URI uri, String... headers) {
        try (RawConnection connection = RawConnection.open(uri)) {
            return connection.request("GET", target(uri), withClose(headers)).drain();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends these bytes and reads one answer to them as if to a GET. */
    public static Response send(URI uri, String bytes) {
        try (RawConnection connection = RawConnection.open(uri)) {
            connection.write(bytes);
            return connection.answer("GET").readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Path and query as they stand in a request line. */
    static String target(URI uri) {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    private static String[] withClose(String... headers) {
        String[] all = new String[headers.length + 1];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Connection: close";
        return all;
    }
}
