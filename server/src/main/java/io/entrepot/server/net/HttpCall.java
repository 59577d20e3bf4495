package io.entrepot.server.net;

import java.net.URI;
import java.util.Map;

/** One request to send; {@code body} is empty unless it is a POST. Header names are as they go on the wire. */
public record HttpCall(Method method, URI uri, Map<String, String> headers, byte[] body) {

    /** What an HTTP client of a registry needs. */
    public enum Method {
        GET,
        HEAD,
        POST
    }

    public HttpCall {
        headers = Map.copyOf(headers);
    }

    public static HttpCall get(URI uri, Map<String, String> headers) {
        return new HttpCall(Method.GET, uri, headers, new byte[0]);
    }

    public static HttpCall head(URI uri, Map<String, String> headers) {
        return new HttpCall(Method.HEAD, uri, headers, new byte[0]);
    }
}
