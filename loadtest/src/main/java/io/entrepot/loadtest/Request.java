package io.entrepot.loadtest;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A request as it was read from a connection. */
record Request(String method, String path, String query, String version, Headers headers, byte[] body) {

    private static final Pattern AMPERSAND = Pattern.compile("&");

    boolean isHead() {
        return method.equals("HEAD");
    }

    /** The first value of a query parameter. */
    Optional<String> parameter(String name) {
        return parameters(name).stream().findFirst();
    }

    /** All values of a query parameter. */
    List<String> parameters(String name) {
        return values(query, name);
    }

    /** All values of a field of a form in the body. */
    List<String> formFields(String name) {
        return values(new String(body, StandardCharsets.UTF_8), name);
    }

    Request withHeaders(Headers changed) {
        return new Request(method, path, query, version, changed, body);
    }

    /** True if the client wants the connection kept. */
    boolean keepAlive() {
        String connection = headers.first("Connection").orElse("");
        return version.equals("HTTP/1.1") && !connection.equalsIgnoreCase("close");
    }

    private static List<String> values(String form, String name) {
        Stream<String> pairs = AMPERSAND.splitAsStream(form);
        return pairs.filter(pair -> pair.startsWith(name + "="))
                .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
                .toList();
    }
}
