package io.entrepot.server.log;

/**
 * Text from outside, made harmless for a log: what could end a line, move a cursor or hide text is written as
 * {@code \}{@code uXXXX}, and long text is cut.
 */
final class Escapes {

    private Escapes() {}

    /** Appends the text, of which at most {@code limit} characters are kept. Quotes and backslashes are escaped as in JSON. */
    static void append(StringBuilder out, CharSequence text, int limit) {
        int end = Math.min(text.length(), limit);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text.charAt(i + 1))) {
                out.append(c).append(text.charAt(++i));
            } else {
                append(out, c);
            }
        }
        if (end < text.length()) {
            out.append('…');
        }
    }

    private static void append(StringBuilder out, char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (harmless(c)) {
                    out.append(c);
                } else {
                    out.append("\\u")
                            .append(hex(c >> 12))
                            .append(hex(c >> 8))
                            .append(hex(c >> 4))
                            .append(hex(c));
                }
            }
        }
    }

    /** Not a control character (C0, DEL, C1), a line or paragraph separator, a mark of direction, or half a surrogate pair. */
    private static boolean harmless(char c) {
        if (c < 0x7f) {
            return c >= 0x20;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SURROGATE, Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    private static char hex(int nibble) {
        return Character.forDigit(nibble & 0xf, 16);
    }
}
