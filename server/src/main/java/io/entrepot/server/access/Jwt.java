package io.entrepot.server.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A JSON web token in its compact form, taken apart and not believed yet (RFC 7515, RFC 7519): three parts of base64url
 * between dots. What names a key of its own, or asks for rules that we do not know, is refused unread.
 */
record Jwt(Algorithm algorithm, String kid, JsonNode claims, byte[] signed, byte[] signature) {

    private static final int LONGEST = 16 * 1024;
    private static final List<String> OWN_KEYS = List.of("jwk", "jku", "x5u", "x5c");

    /** Reads a token, without believing it. @throws NotProven if it is none */
    static Jwt parse(String text) {
        int first = text.indexOf('.');
        int last = text.lastIndexOf('.');
        if (text.length() > LONGEST || first < 1 || last == first || text.indexOf('.', first + 1) != last) {
            throw malformed();
        }
        JsonNode header = object(text.substring(0, first));
        for (String name : OWN_KEYS) {
            if (header.has(name)) {
                throw new NotProven("the token brings a key of its own (" + name + ")");
            }
        }
        if (header.has("crit") || header.has("b64")) {
            throw new NotProven("the token asks for rules that are not known here (crit)");
        }
        requireType(header);
        return new Jwt(
                algorithm(header),
                string(header, "kid"),
                object(text.substring(first + 1, last)),
                text.substring(0, last).getBytes(StandardCharsets.US_ASCII),
                decoded(text.substring(last + 1)));
    }

    /** Whether it begins as one: what is sent as a password may be. */
    static boolean looksLike(String text) {
        return text.startsWith("eyJ") && text.indexOf('.') > 0;
    }

    private static void requireType(JsonNode header) {
        String type = string(header, "typ");
        if (!type.isEmpty() && !type.equalsIgnoreCase("JWT") && !type.equalsIgnoreCase("at+jwt")) {
            throw new NotProven("the token is of another kind (expected: typ JWT)");
        }
    }

    private static Algorithm algorithm(JsonNode header) {
        return Algorithm.named(string(header, "alg"))
                .orElseThrow(() -> new NotProven("the token is signed in a way that is not taken here"));
    }

    private static String string(JsonNode header, String name) {
        JsonNode value = header.path(name);
        if (value.isMissingNode()) {
            return "";
        }
        if (!value.isTextual() || value.textValue().length() > 1024) {
            throw malformed();
        }
        return value.textValue();
    }

    private static JsonNode object(String part) {
        try {
            return StrictJson.object(decoded(part));
        } catch (IOException e) {
            throw malformed();
        }
    }

    /** Only as it would be written: without padding, and without bits that nobody reads. */
    private static byte[] decoded(String part) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(part);
            if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw malformed();
    }

    private static NotProven malformed() {
        return new NotProven("the token cannot be read (expected: a JWT in three parts)");
    }

    /** A secret. */
    @Override
    public String toString() {
        return "***";
    }
}
