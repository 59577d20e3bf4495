package io.entrepot.server.admin;

import io.entrepot.server.inspect.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What the admin port answers. */
sealed interface Reply {

    /** A whole answer, with headers beside its type and length. */
    record Whole(int status, String contentType, byte[] body, Map<String, String> headers) implements Reply {}

    /** An answer that is made while it is read, as newline-delimited JSON. */
    record Streamed(Lines lines) implements Reply {}

    static Reply text(int status, String text) {
        return new Whole(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    static Reply json(int status, Object value) {
        return new Whole(status, "application/json", bytes(value), Map.of());
    }

    /** A refusal in words: {@code {"error":"…"}}. */
    static Reply error(int status, String message) {
        return json(status, Map.of("error", message));
    }

    static Reply error(int status, String message, Map<String, String> headers) {
        return new Whole(status, "application/json", bytes(Map.of("error", message)), headers);
    }

    private static byte[] bytes(Object value) {
        return Json.text(value).getBytes(StandardCharsets.UTF_8);
    }
}
