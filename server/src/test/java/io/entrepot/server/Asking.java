package io.entrepot.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A client of a mirror that shows who it is, in one way or another. */
final class Asking {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern REALM = Pattern.compile("Bearer realm=\"([^\"]*)\".*");

    private final Mirror mirror;

    Asking(Mirror mirror) {
        this.mirror = mirror;
    }

    URI path(String path) {
        return URI.create("http://127.0.0.1:" + mirror.port() + path);
    }

    Response get(String path, String... headers) {
        return RawHttp.get(path(path), headers);
    }

    Response head(String path, String... headers) {
        return RawHttp.head(path(path), headers);
    }

    static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    /** The token that an answer of {@code /token} brings. */
    static String token(Response answer) {
        try {
            return JSON.readTree(answer.body()).path("token").asText();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    /** Where a challenge says that tokens are. */
    static String realm(String challenge) {
        Matcher matcher = REALM.matcher(challenge);
        if (!matcher.matches()) {
            throw new AssertionError("no challenge: " + challenge);
        }
        return matcher.group(1);
    }
}
