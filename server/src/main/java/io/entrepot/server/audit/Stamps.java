package io.entrepot.server.audit;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and addresses as text; what is asked for again and again is made once. Confined to one thread. */
final class Stamps {

    private static final char[] DIGITS = "0123456789".toCharArray();

    private long second = Long.MIN_VALUE;
    private String upToSecond = "";
    private InetAddress address = InetAddress.getLoopbackAddress();
    private String addressText = address.getHostAddress();

    /** RFC 3339, UTC, always with six digits of a second: {@code 2026-11-27T02:00:00.000001Z}. */
    String time(Instant time) {
        if (time.getEpochSecond() != second) {
            second = time.getEpochSecond();
            String text = time.truncatedTo(ChronoUnit.SECONDS).toString();
            upToSecond = text.substring(0, text.length() - 1);
        }
        char[] micros = new char[8];
        micros[0] = '.';
        micros[7] = 'Z';
        int left = time.getNano() / 1_000;
        for (int i = 6; i > 0; i--) {
            micros[i] = DIGITS[left % 10];
            left /= 10;
        }
        return upToSecond.concat(String.valueOf(micros));
    }

    private static final Pattern TIME = Pattern.compile("\"time\":\"([0-9TZ:.-]{20,32})\"");

    /** The time that stands in the head of a record; empty: none does. */
    static Optional<Instant> timeOf(byte[] record) {
        Matcher found = TIME.matcher(new String(record, 0, Math.min(record.length, 128), StandardCharsets.ISO_8859_1));
        return found.find() ? Optional.of(Instant.parse(found.group(1))) : Optional.empty();
    }

    String address(InetAddress asked) {
        if (!asked.equals(address)) {
            address = asked;
            addressText = asked.getHostAddress();
        }
        return addressText;
    }
}
