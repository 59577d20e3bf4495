package io.entrepot.config;

import io.entrepot.oci.Registry;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers, durations, sizes and names as they are written. */
final class Text {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Duration LONGEST = Duration.ofDays(3650);
    private static final Pattern SIZE =
            Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,3})?)(B|KiB|MiB|GiB|TiB|KB|MB|GB|TB)?");
    private static final Map<String, Long> UNITS = Map.of(
            "B", 1L,
            "KiB", 1L << 10,
            "MiB", 1L << 20,
            "GiB", 1L << 30,
            "TiB", 1L << 40,
            "KB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L,
            "TB", 1_000_000_000_000L);

    private Text() {}

    /** {@code 500ms}, {@code 30s}, {@code 5m}, {@code 6h}, {@code 7d} or {@code 0}; at most ten years. */
    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        Duration duration = text.equals("0")
                ? Duration.ZERO
                : matcher.matches() ? duration(Long.parseLong(matcher.group(1)), matcher.group(2)) : null;
        if (duration == null || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    text + " (expected: a duration, as in 500ms, 30s, 5m, 6h, 7d, at most 3650d)");
        }
        return duration;
    }

    private static Duration duration(long amount, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    static Duration deadline(String text) {
        Duration duration = duration(text);
        if (duration.isZero()) {
            throw new IllegalArgumentException(text + " (expected: more than 0)");
        }
        return duration;
    }

    /** Bytes: {@code 1024}, {@code 64KiB}, {@code 10GiB} (powers of 1,024), {@code 10GB} (powers of 1,000). */
    static long size(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    text + " (expected: a size in B, KiB, MiB, GiB, TiB, KB, MB, GB or TB, as in 512MiB)");
        }
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        try {
            return new BigDecimal(matcher.group(1))
                    .multiply(BigDecimal.valueOf(UNITS.getOrDefault(unit, 1L)))
                    .toBigInteger()
                    .longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(text + " (expected: a size below 8EiB)", e);
        }
    }

    /** A size, or {@code unlimited}. */
    static long limit(String text) {
        if (text.equals("unlimited")) {
            return Long.MAX_VALUE;
        }
        long size = size(text);
        if (size == 0) {
            throw new IllegalArgumentException(text + " (expected: more than 0, or unlimited)");
        }
        return size;
    }

    /** How many, at least 1, or {@code unlimited}. */
    static long count(String text) {
        if (text.equals("unlimited")) {
            return Long.MAX_VALUE;
        }
        if (!text.matches("[0-9]{1,15}") || Long.parseLong(text) == 0) {
            throw new IllegalArgumentException(text + " (expected: a number from 1 on, or unlimited)");
        }
        return Long.parseLong(text);
    }

    static int number(String text, int least, int most) {
        if (text.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new IllegalArgumentException(text + " (expected: a number from " + least + " to " + most + ")");
    }

    static String notEmpty(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("empty (expected: some text)");
        }
        return text;
    }

    static Path path(String text) {
        return Path.of(notEmpty(text));
    }

    /** An address to listen on. */
    static String address(String text) {
        if (text.indexOf(':') >= 0 || text.matches("[0-9.]*")) {
            try {
                Network.address(text);
                return text;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(text + " (expected: an address, as in 0.0.0.0, or a host name)", e);
            }
        }
        return host(text);
    }

    /** {@code host} or {@code host:port}, in lower case. */
    static String host(String text) {
        try {
            new Registry(text.toLowerCase(Locale.ROOT));
            return text.toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text + " (expected: host or host:port)", e);
        }
    }

    /** The name of a registry. */
    static Registry registry(String text) {
        if (text.indexOf('*') >= 0) {
            throw new IllegalArgumentException(
                    text + " is a pattern (expected: the name of one registry, as in ghcr.io or registry.corp:5000)");
        }
        try {
            return Registry.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    text + " (expected: the name of a registry, as in ghcr.io or registry.corp:5000)", e);
        }
    }
}
