package io.entrepot.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/** A reply to be sent: status, headers, body, and how it is delivered. */
record Reply(int status, Headers headers, Content body, Delivery delivery) {

    static Reply of(int status, Headers headers, Content body) {
        return new Reply(status, headers, body, Delivery.SOUND);
    }

    static Reply text(int status, String type, String body) {
        return of(
                status, Headers.of("Content-Type: " + type), new Content.Bytes(body.getBytes(StandardCharsets.UTF_8)));
    }

    static Reply json(int status, ObjectNode body) {
        return of(status, Headers.of("Content-Type: application/json"), new Content.Bytes(Json.bytes(body)));
    }

    /** An error as the distribution spec writes it. */
    static Reply error(int status, String code, String message) {
        ObjectNode body = Json.object();
        body.putArray("errors").addObject().put("code", code).put("message", message);
        return json(status, body);
    }

    /** An error with the code that belongs to its status. */
    static Reply error(int status, String message) {
        String code = switch (status) {
            case 401 -> "UNAUTHORIZED";
            case 403 -> "DENIED";
            case 404 -> "MANIFEST_UNKNOWN";
            case 405 -> "UNSUPPORTED";
            case 429 -> "TOOMANYREQUESTS";
            default -> "UNKNOWN";
        };
        return error(status, code, message);
    }

    Reply with(String name, String value) {
        return withHeaders(headers.with(name, value));
    }

    Reply without(String name) {
        return withHeaders(headers.without(name));
    }

    Reply withHeaders(Headers changed) {
        return new Reply(status, changed, body, delivery);
    }

    Reply withBody(Content changed) {
        return new Reply(status, headers, changed, delivery);
    }

    Reply delivered(Delivery changed) {
        return new Reply(status, headers, body, changed);
    }

    String reason() {
        return switch (status) {
            case 200 -> "OK";
            case 206 -> "Partial Content";
            case 304 -> "Not Modified";
            case 307 -> "Temporary Redirect";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 416 -> "Range Not Satisfiable";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            default -> "Status " + status;
        };
    }
}
