package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** A request as it goes on the wire to one origin, found sound before a connection is taken for it. */
record Outgoing(HttpCall call, Origin origin, String target, HttpHeaders headers) {

    private static final String USER_AGENT = "entrepot";

    /** What frames a message is ours to say. */
    private static final List<CharSequence> OURS = List.of(
            HttpHeaderNames.CONNECTION,
            HttpHeaderNames.CONTENT_LENGTH,
            HttpHeaderNames.EXPECT,
            HttpHeaderNames.TRANSFER_ENCODING,
            HttpHeaderNames.UPGRADE);

    /** @throws NetException if a header or the address holds what must not be sent, such as a line end */
    static Outgoing of(HttpCall call, Origin origin) {
        return new Outgoing(call, origin, target(call.uri()), headers(call, origin));
    }

    private static String target(URI uri) {
        URI ascii = URI.create(uri.toASCIIString());
        String path = ascii.getRawPath();
        String query = ascii.getRawQuery();
        return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
    }

    private static HttpHeaders headers(HttpCall call, Origin origin) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        headers.set(HttpHeaderNames.USER_AGENT, USER_AGENT);
        call.headers().entrySet().forEach(header -> add(headers, header, origin));
        OURS.forEach(headers::remove);
        headers.set(HttpHeaderNames.HOST, origin.authority());
        headers.set(HttpHeaderNames.ACCEPT_ENCODING, "identity");
        if (call.method().hasBody()) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, call.body().length);
        }
        return headers;
    }

    private static void add(HttpHeaders headers, Map.Entry<String, String> header, Origin origin) {
        try {
            headers.set(header.getKey(), header.getValue());
        } catch (IllegalArgumentException e) {
            throw new NetException(
                    Kind.PROTOCOL,
                    origin.authority() + ": a header that cannot be sent (expected: a token, and a value on one line)");
        }
    }

    /** The message for the encoder, which releases it. */
    FullHttpRequest encoded() {
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(call.method().name()),
                target,
                call.method().hasBody() ? Unpooled.wrappedBuffer(call.body()) : Unpooled.EMPTY_BUFFER,
                headers,
                EmptyHttpHeaders.INSTANCE);
    }
}
