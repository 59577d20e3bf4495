package io.entrepot.server.http;

import io.entrepot.oci.Reference;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.pull.TagsRequest;
import java.util.HexFormat;

/** The query of a request: {@code ns}, {@code n}, {@code last} and {@code artifactType}, each at most once; others are ignored. */
record Query(String ns, int limit, String last, String artifactType) {

    static final Query NONE = new Query("", TagsRequest.NO_LIMIT, "", "");

    static Query parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        return new Query(
                single(text, "ns"), limit(single(text, "n")), single(text, "last"), single(text, "artifactType"));
    }

    private static String single(String query, String name) {
        String found = "";
        boolean seen = false;
        for (String part : query.split("&", -1)) {
            if (part.startsWith(name) && part.length() > name.length() && part.charAt(name.length()) == '=') {
                if (seen) {
                    throw bad(name + " is there more than once (expected: once)");
                }
                seen = true;
                found = decode(name, part.substring(name.length() + 1));
            }
        }
        return found;
    }

    private static String decode(String name, String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        StringBuilder decoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            decoded.append(c == '%' ? escaped(name, text, i) : c);
            i += c == '%' ? 2 : 0;
        }
        return decoded.toString();
    }

    private static char escaped(String name, String text, int at) {
        if (at + 2 < text.length()
                && HexFormat.isHexDigit(text.charAt(at + 1))
                && HexFormat.isHexDigit(text.charAt(at + 2))) {
            char c = (char) HexFormat.fromHexDigits(text, at + 1, at + 3);
            if (c > ' ' && c < 0x7f) {
                return c;
            }
        }
        throw bad(name + " has an escape that is not allowed in it (expected: visible ASCII)");
    }

    private static int limit(String text) {
        if (text.isEmpty()) {
            return TagsRequest.NO_LIMIT;
        }
        if (text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw bad("n: " + text + " (expected: a number, 0 or more)");
        }
        return Math.min(Integer.parseInt(text), TagsRequest.MAX_LIMIT);
    }

    /** The last tag of the page before; empty for the first page. @throws RegistryException if it cannot be a tag */
    String lastTag() {
        try {
            return last.isEmpty() ? "" : new Reference.Tag(last).name();
        } catch (IllegalArgumentException e) {
            throw bad("last: " + e.getMessage());
        }
    }

    private static RegistryException bad(String message) {
        return new RegistryException.BadRequest(400, message);
    }
}
