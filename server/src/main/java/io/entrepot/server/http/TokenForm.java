package io.entrepot.server.http;

import java.util.Locale;

/**
 * The body of {@code POST /token}, as containerd and docker send it: {@code application/x-www-form-urlencoded}, at most 8 KiB.
 *
 * <p>A body is read only where nobody before us can have read its length otherwise: one Content-Length, in digits alone, and
 * no Transfer-Encoding. Any other request with a body is refused with its connection, before a byte of that is read.
 */
final class TokenForm {

    static final int LARGEST = 8 * 1024;

    private TokenForm() {}

    /** The length of the form behind this head; 0 if there is none, or none that is taken. */
    static int length(RequestHead head) {
        return head.method().equals("POST") && isToken(head.target()) && isForm(head) && isPlain(head)
                ? length(head.value("Content-Length"))
                : 0;
    }

    /** {@code /token}, or that behind a mount. */
    static boolean isToken(String target) {
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        return path.endsWith("/token") && !path.contains("/v2/");
    }

    private static boolean isForm(RequestHead head) {
        String type = head.value("Content-Type").toLowerCase(Locale.ROOT);
        return head.count("Content-Type") == 1
                && (type.equals("application/x-www-form-urlencoded")
                        || type.startsWith("application/x-www-form-urlencoded;"));
    }

    private static boolean isPlain(RequestHead head) {
        return head.version().equals("HTTP/1.1")
                && head.count("Content-Length") == 1
                && head.count("Transfer-Encoding") == 0
                && head.count("Expect") == 0
                && head.count("Upgrade") == 0;
    }

    private static int length(String text) {
        if (!text.matches("[1-9][0-9]{0,3}")) {
            return 0;
        }
        int length = Integer.parseInt(text);
        return length <= LARGEST ? length : 0;
    }
}
