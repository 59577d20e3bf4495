package io.entrepot.server.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The value of a Date header now; written out once a second. */
final class HttpDate {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private static volatile Written written = write(0);

    private HttpDate() {}

    static byte[] now() {
        long second = System.currentTimeMillis() / 1_000;
        Written last = written;
        if (last.second != second) {
            last = write(second);
            written = last;
        }
        return last.ascii;
    }

    private static Written write(long second) {
        String text = FORMAT.format(Instant.ofEpochSecond(second));
        return new Written(second, text.getBytes(StandardCharsets.US_ASCII));
    }

    private record Written(long second, byte[] ascii) {}
}
