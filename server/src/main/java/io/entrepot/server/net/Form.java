package io.entrepot.server.net;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** A form as browsers send it, which OAuth2 and the services of clouds made of their requests. */
public final class Form {

    private Form() {}

    /** A POST of these fields. */
    public static HttpCall post(URI uri, Map<String, String> fields) {
        String form = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return new HttpCall(
                HttpCall.Method.POST,
                uri,
                Map.of("Content-Type", "application/x-www-form-urlencoded"),
                form.getBytes(StandardCharsets.US_ASCII));
    }

    /** A name or a value, as it stands in a form or a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
