package io.entrepot.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** Writes the head of a response straight into the buffer that goes out, with room for a small body behind it. */
final class ResponseHead {

    /** A header field that we send, as it stands before its value. */
    enum Field {
        ACCEPT_RANGES("Accept-Ranges"),
        AGE("Age"),
        ALLOW("Allow"),
        CACHE_CONTROL("Cache-Control"),
        CONNECTION("Connection"),
        CONTENT_LENGTH("Content-Length"),
        CONTENT_RANGE("Content-Range"),
        CONTENT_TYPE("Content-Type"),
        DATE("Date"),
        DOCKER_CONTENT_DIGEST("Docker-Content-Digest"),
        ETAG("ETag"),
        LINK("Link"),
        OCI_FILTERS_APPLIED("OCI-Filters-Applied"),
        OCI_NAMESPACE("OCI-Namespace"),
        RETRY_AFTER("Retry-After"),
        WARNING("Warning"),
        WWW_AUTHENTICATE("WWW-Authenticate"),
        X_ENTREPOT_CACHE("X-Entrepot-Cache"),
        X_ENTREPOT_STALE("X-Entrepot-Stale");

        /** What stands before the value; changed by nobody. */
        @SuppressWarnings("ImmutableEnumChecker")
        private final byte[] prefix;

        Field(String name) {
            this.prefix = ascii("\r\n" + name + ": ");
        }
    }

    private static final int ROOM = 768;
    private static final byte[] VERSION = ascii("HTTP/1.1 ");
    private static final byte[] API = ascii("\r\nDocker-Distribution-Api-Version: registry/2.0");
    private static final byte[] END = ascii("\r\n\r\n");

    private final ByteBuf out;

    ResponseHead(ByteBufAllocator allocator, int bodyRoom, int status, String reason) {
        this.out = allocator.ioBuffer(ROOM + bodyRoom);
        out.writeBytes(VERSION);
        ByteBufUtil.writeAscii(out, Integer.toString(status));
        out.writeByte(' ');
        ByteBufUtil.writeAscii(out, ReasonPhrase.of(reason));
        out.writeBytes(API);
        out.writeBytes(Field.DATE.prefix);
        out.writeBytes(HttpDate.now());
    }

    /** A field whose value comes from us or from a grammar without control characters. */
    ResponseHead with(Field field, String value) {
        out.writeBytes(field.prefix);
        ByteBufUtil.writeAscii(out, value);
        return this;
    }

    ResponseHead with(Field field, long value) {
        return with(field, Long.toString(value));
    }

    /** The head, with its empty line; the receiver releases it. */
    ByteBuf end() {
        return out.writeBytes(END);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
