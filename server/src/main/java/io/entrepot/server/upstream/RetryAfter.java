package io.entrepot.server.upstream;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** {@code Retry-After} (RFC 9110, 10.2.3): seconds or an HTTP date; at most six hours, the longest window of any registry. */
final class RetryAfter {

    private static final Duration LONGEST = Duration.ofHours(6);
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    private RetryAfter() {}

    /** How long to wait from {@code now} on; zero if nothing that can be read was said. */
    static Duration parse(String text, Instant now) {
        String value = text.strip();
        Duration said =
                SECONDS.matcher(value).matches() ? Duration.ofSeconds(Long.parseLong(value)) : untilDate(value, now);
        if (said.isNegative()) {
            return Duration.ZERO;
        }
        return said.compareTo(LONGEST) > 0 ? LONGEST : said;
    }

    private static Duration untilDate(String text, Instant now) {
        try {
            ZonedDateTime date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
            return Duration.between(now, date);
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }
}
