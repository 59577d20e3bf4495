package io.entrepot.server.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes one JSON object, on one line, into bytes that are used again: RFC 8259 in UTF-8, with what could end a line or hide in
 * it escaped too (controls, DEL, U+2028, U+2029, direction marks, what is not seen, tags beyond the BMP). What has no value is
 * left out: neither null nor "".
 * Confined to one thread.
 */
final class JsonLine {

    private static final int FIRST = 2_048;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[FIRST];
    private int length;

    /** The name of a field, written once. */
    static final class Name {

        private final byte[] quoted;

        private Name(String name) {
            this.quoted = ("\"" + name + "\":").getBytes(StandardCharsets.US_ASCII);
        }

        static Name of(String name) {
            return new Name(name);
        }
    }

    /** Begins anew, behind a brace or a field that somebody else writes. */
    JsonLine begin() {
        length = 0;
        return this;
    }

    JsonLine text(Name name, String value) {
        return value.isEmpty() ? this : name(name).quoted(value);
    }

    /** Text of which no character needs to be escaped: a digest, a number, a word of ours. */
    JsonLine plain(Name name, String value) {
        if (value.isEmpty()) {
            return this;
        }
        name(name).room(value.length() + 2);
        bytes[length++] = '"';
        ascii(value);
        bytes[length++] = '"';
        return this;
    }

    JsonLine number(Name name, long value) {
        return name(name).digits(value);
    }

    JsonLine flag(Name name, boolean value) {
        return name(name).raw(value ? TRUE : FALSE);
    }

    /** A field that holds more fields. */
    JsonLine open(Name name) {
        return name(name).raw('{');
    }

    JsonLine openList(Name name) {
        return name(name).raw('[');
    }

    /** An object in a list. */
    JsonLine open() {
        if (length > 0 && bytes[length - 1] == '}') {
            raw(',');
        }
        return raw('{');
    }

    /** A text in a list. */
    JsonLine item(String value) {
        if (length > 0 && bytes[length - 1] != '[') {
            raw(',');
        }
        return quoted(value);
    }

    JsonLine close() {
        return raw('}');
    }

    JsonLine closeList() {
        return raw(']');
    }

    /** What was written, with the brace that ends the object. */
    byte[] end() {
        raw('}');
        return Arrays.copyOf(bytes, length);
    }

    /** So many bytes are written so far. */
    int length() {
        return length;
    }

    private JsonLine name(Name name) {
        if (length > 0 && bytes[length - 1] != '{') {
            raw(',');
        }
        return raw(name.quoted);
    }

    private JsonLine raw(char c) {
        room(1);
        bytes[length++] = (byte) c;
        return this;
    }

    private JsonLine raw(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
        return this;
    }

    private JsonLine digits(long value) {
        String text = Long.toString(value);
        room(text.length());
        ascii(text);
        return this;
    }

    @SuppressWarnings("deprecation") // the one that copies Latin-1 as it is; every character here is ASCII
    private void ascii(String text) {
        text.getBytes(0, text.length(), bytes, length);
        length += text.length();
    }

    private JsonLine quoted(String text) {
        // a character is at most six bytes, as an escape; one beyond the BMP is two characters, and four bytes
        room(6 * text.length() + 2);
        bytes[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
                bytes[length++] = (byte) c;
            } else {
                i += escaped(text, i);
            }
        }
        bytes[length++] = '"';
        return this;
    }

    /** Returns how many characters more than one were written. */
    private int escaped(String text, int at) {
        char c = text.charAt(at);
        if (c == '"' || c == '\\') {
            bytes[length++] = '\\';
            bytes[length++] = (byte) c;
            return 0;
        }
        if (Character.isSurrogate(c)) {
            return surrogate(text, at);
        }
        if (isHidden(c)) {
            unicode(c);
        } else if (c < 0x800) {
            bytes[length++] = (byte) (0xc0 | c >> 6);
            bytes[length++] = (byte) (0x80 | c & 0x3f);
        } else {
            bytes[length++] = (byte) (0xe0 | c >> 12);
            bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
            bytes[length++] = (byte) (0x80 | c & 0x3f);
        }
        return 0;
    }

    /** A half of a pair alone is no character: it becomes U+FFFD, so that what is written is UTF-8. */
    private int surrogate(String text, int at) {
        int point = text.codePointAt(at);
        if (!Character.isSupplementaryCodePoint(point)) {
            unicode((char) 0xfffd);
            return 0;
        }
        if (isHidden(point)) {
            unicode(Character.highSurrogate(point));
            unicode(Character.lowSurrogate(point));
            return 1;
        }
        bytes[length++] = (byte) (0xf0 | point >> 18);
        bytes[length++] = (byte) (0x80 | point >> 12 & 0x3f);
        bytes[length++] = (byte) (0x80 | point >> 6 & 0x3f);
        bytes[length++] = (byte) (0x80 | point & 0x3f);
        return 1;
    }

    private static boolean isHidden(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> isIgnorable(point);
        };
    }

    /** What a terminal shows nothing of (Unicode's Default_Ignorable_Code_Point, as far as it is no format character). */
    private static boolean isIgnorable(int point) {
        return point >= 0x034f
                && (point == 0x034f
                        || point == 0x115f
                        || point == 0x1160
                        || point == 0x17b4
                        || point == 0x17b5
                        || point >= 0x180b && point <= 0x180f
                        || point == 0x2065
                        || point == 0x3164
                        || point >= 0xfe00 && point <= 0xfe0f
                        || point == 0xffa0
                        || point >= 0xfff0 && point <= 0xfff8
                        || point >= 0xe0000 && point <= 0xe0fff);
    }

    private void unicode(char c) {
        bytes[length++] = '\\';
        bytes[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[c >> shift & 0xf];
        }
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
