package io.entrepot.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.server.net.HttpReply;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * The first message in an OCI error body, {@code {"errors": [{"code": …, "message": …}]}}, made fit to be shown: short,
 * on one line, without characters that nobody sees. Empty where there is none.
 */
final class ErrorMessage {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_BODY = 64 * 1024;
    private static final int LONGEST = 256;

    private ErrorMessage() {}

    /** Reads the body to its end, so that the connection is free again, and closes the reply. Never fails. */
    static CompletableFuture<String> read(HttpReply reply) {
        return reply.body(LARGEST_BODY)
                .thenApply(ErrorMessage::of)
                .exceptionally(failure -> "")
                .whenComplete((done, failure) -> reply.close());
    }

    static String of(byte[] body) {
        try {
            JsonNode first = JSON.readTree(body).path("errors").path(0);
            return printable(first.path("message").asText(first.path("code").asText("")));
        } catch (IOException e) {
            return "";
        }
    }

    static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(c -> printable.appendCodePoint(isVisible(c) ? c : ' '));
        return printable.toString().strip();
    }

    private static boolean isVisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
