package io.entrepot.server.http;

import io.entrepot.oci.RegistryException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The request line and header fields of one request, as they stood on the wire. */
record RequestHead(String method, String target, String version, List<Field> fields) implements Received {

    record Field(String name, String value) {}

    /**
     * Reads the lines of a head, each ended by CRLF and without the empty one. Stricter than RFC 9112 asks: one space in
     * the request line, no folding, no bare CR, nothing before the method.
     *
     * @throws RegistryException.BadRequest if it is anything else
     */
    static RequestHead parse(String head, int maxFields) {
        int end = head.indexOf("\r\n");
        List<Field> fields = new ArrayList<>(12);
        for (int start = end + 2; start < head.length(); ) {
            int stop = head.indexOf("\r\n", start);
            if (fields.size() == maxFields) {
                throw new RegistryException.BadRequest(431, "more than " + maxFields + " header fields");
            }
            fields.add(field(head.substring(start, stop)));
            start = stop + 2;
        }
        return requestLine(head.substring(0, end), fields);
    }

    private static RequestHead requestLine(String line, List<Field> fields) {
        int first = line.indexOf(' ');
        int second = line.indexOf(' ', first + 1);
        if (first <= 0 || second < 0) {
            throw malformed("request line (expected: method, target and version, one space between them)");
        }
        String method = line.substring(0, first);
        String target = line.substring(first + 1, second);
        String version = line.substring(second + 1);
        if (!isToken(method) || target.isEmpty() || !isVisible(target) || !isVersion(version)) {
            throw malformed("request line (expected: method, target and version, one space between them)");
        }
        return new RequestHead(method, target, version, fields);
    }

    private static Field field(String line) {
        int colon = line.indexOf(':');
        if (colon <= 0 || !isToken(line.substring(0, colon))) {
            throw malformed("header field (expected: a name, a colon and a value on one line)");
        }
        String value = stripOws(line, colon + 1);
        if (!isFieldValue(value)) {
            throw malformed("value of the header " + line.substring(0, colon) + " (expected: no control characters)");
        }
        return new Field(line.substring(0, colon), value);
    }

    private static String stripOws(String line, int from) {
        int start = from;
        int end = line.length();
        while (start < end && isOws(line.charAt(start))) {
            start++;
        }
        while (end > start && isOws(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(start, end);
    }

    private static boolean isOws(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenChar(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** RFC 9110, 5.6.2. */
    static boolean isTokenChar(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFieldValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean isVersion(String text) {
        return text.length() == 8
                && text.startsWith("HTTP/")
                && Character.isDigit(text.charAt(5))
                && text.charAt(6) == '.'
                && Character.isDigit(text.charAt(7));
    }

    private static RegistryException malformed(String what) {
        return new RegistryException.BadRequest(400, "malformed " + what);
    }

    /** The first value of a header field, any case; empty if there is none. */
    String value(String name) {
        for (Field field : fields) {
            if (field.name.equalsIgnoreCase(name)) {
                return field.value;
            }
        }
        return "";
    }

    /** All values of a header field that is a list, in order, as one (RFC 9110, 5.3); empty if there is none. */
    String all(String name) {
        return fields.stream()
                .filter(field -> field.name.equalsIgnoreCase(name))
                .map(Field::value)
                .collect(Collectors.joining(","));
    }

    /** How often a header field is there. */
    int count(String name) {
        int count = 0;
        for (Field field : fields) {
            if (field.name.equalsIgnoreCase(name)) {
                count++;
            }
        }
        return count;
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    /** Whether the client ends the connection after this request. */
    boolean closes() {
        String options = value("Connection");
        return !options.isEmpty()
                && List.of(options.toLowerCase(java.util.Locale.ROOT).split("[, \t]+"))
                        .contains("close");
    }
}
