package io.entrepot.server.aws;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Path and query in the one form in which both sides sign them. */
final class CanonicalUri {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String UNRESERVED = "-_.~";

    private CanonicalUri() {}

    /** Of a service with an API: without dot segments and double slashes, and encoded once more than it is sent. */
    static String path(URI uri) {
        String path = uri.normalize().getRawPath();
        return path == null || path.isEmpty() ? "/" : encoded(path.replaceAll("/{2,}", "/"), "/");
    }

    /** Of an object: as it is sent. */
    static String objectPath(URI uri) {
        String path = uri.getRawPath();
        return path == null || path.isEmpty() ? "/" : encoded(decoded(path), "/");
    }

    /** Sorted by name, then by value, in their encoded form. */
    static String query(URI uri) {
        String query = uri.getRawQuery();
        if (query == null || query.isEmpty()) {
            return "";
        }
        return Stream.of(query.split("&", -1))
                .filter(pair -> !pair.isEmpty())
                .map(CanonicalUri::pair)
                .sorted()
                .map(pair -> pair.replace('\0', '='))
                .collect(Collectors.joining("&"));
    }

    /** Joined by what sorts before all else, so that a name sorts before a longer one. */
    private static String pair(String text) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        String value = equals < 0 ? "" : text.substring(equals + 1);
        return encoded(decoded(name), "") + '\0' + encoded(decoded(value), "");
    }

    private static byte[] decoded(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream plain = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%') {
                // java.net.URI lets no other percent sign in
                plain.write(HexFormat.fromHexDigits(text(bytes, i + 1)));
                i += 2;
            } else {
                plain.write(bytes[i]);
            }
        }
        return plain.toByteArray();
    }

    private static String text(byte[] bytes, int at) {
        return new String(bytes, at, 2, StandardCharsets.US_ASCII);
    }

    private static String encoded(String text, String kept) {
        return encoded(text.getBytes(StandardCharsets.UTF_8), kept);
    }

    private static String encoded(byte[] bytes, String kept) {
        StringBuilder text = new StringBuilder(bytes.length + 16);
        for (byte each : bytes) {
            char letter = (char) (each & 0xff);
            if (isUnreserved(letter) || kept.indexOf(letter) >= 0) {
                text.append(letter);
            } else {
                text.append('%').append(HEX.toHexDigits(each));
            }
        }
        return text.toString();
    }

    private static boolean isUnreserved(char letter) {
        return letter >= 'a' && letter <= 'z'
                || letter >= 'A' && letter <= 'Z'
                || letter >= '0' && letter <= '9'
                || UNRESERVED.indexOf(letter) >= 0;
    }
}
