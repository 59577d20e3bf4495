package io.entrepot.server.http;

import java.util.regex.Pattern;

/** What of a message for a person stands in a status line: at most 120 characters of ASCII, digests shortened before words. */
public final class ReasonPhrase {

    private static final int LONGEST = 120;
    private static final Pattern DIGEST = Pattern.compile("(sha\\d+:[0-9a-f]{12})[0-9a-f]{52,}");

    private ReasonPhrase() {}

    /** What is sent of a message. */
    public static String of(String message) {
        String plain = plain(message);
        if (plain.length() > LONGEST) {
            plain = DIGEST.matcher(plain).replaceAll("$1...");
        }
        return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST - 3) + "...";
    }

    /** Text for a person on one line of ASCII: what a reason phrase or a header value may hold. */
    static String plain(String text) {
        return isPlain(text) ? text : madePlain(text);
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static String madePlain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            plain.append(c >= ' ' && c < 0x7f ? c : Character.isWhitespace(c) ? ' ' : '?');
        }
        return plain.toString();
    }
}
