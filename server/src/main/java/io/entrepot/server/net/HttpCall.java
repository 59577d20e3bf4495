package io.entrepot.server.net;

import java.net.URI;
import java.util.Map;

/** One request to send; {@code body} is empty unless it is a POST or a PUT. Header names are as they go on the wire. */
public record HttpCall(Method method, URI uri, Map<String, String> headers, byte[] body) {

    /** What an HTTP client of a registry needs, and of those that give out what it logs in with. */
    public enum Method {
        GET,
        HEAD,
        POST,
        PUT,
        DELETE;

        boolean hasBody() {
            return this == POST || this == PUT;
        }
    }

    public HttpCall {
        headers = Map.copyOf(headers);
    }

    /** The value that its Host header will have; who signs a request must know it. @throws IllegalArgumentException if it has no host */
    public String host() {
        return Origin.of(uri).authority();
    }

    /** Headers and body may be secrets, and so may a query. */
    @Override
    public String toString() {
        return method + " " + uri.getHost();
    }

    public static HttpCall get(URI uri, Map<String, String> headers) {
        return new HttpCall(Method.GET, uri, headers, new byte[0]);
    }

    public static HttpCall head(URI uri, Map<String, String> headers) {
        return new HttpCall(Method.HEAD, uri, headers, new byte[0]);
    }
}
