package io.entrepot.server.audit.query;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values of rows as words. */
final class Values {

    private static final DateTimeFormatter SHORT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Values() {}

    /** For people: times to the second, sizes with a unit, numbers in groups; empty where there is none. */
    static String shown(Answer.Kind kind, @Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (kind == Answer.Kind.BYTES && value instanceof Number number) {
            return bytes(number.doubleValue());
        }
        if (value instanceof Instant time) {
            return SHORT.format(time);
        }
        if (value instanceof Boolean yes) {
            return yes ? "yes" : "no";
        }
        if (value instanceof Double number) {
            return String.format(Locale.ROOT, "%,.1f", number);
        }
        return value instanceof Number number ? String.format(Locale.ROOT, "%,d", number.longValue()) : plain(value);
    }

    /** For programs: what {@link #shown} rounds is exact. */
    static String plain(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof Collection<?> list) {
            return list.stream().map(Values::plain).collect(Collectors.joining("; "));
        }
        if (value instanceof Map<?, ?> map) {
            return map.values().stream().map(Values::plain).collect(Collectors.joining(": "));
        }
        return value.toString();
    }

    static String bytes(double bytes) {
        double left = bytes;
        int unit = 0;
        while (Math.abs(left) >= 1024 && unit < UNITS.length - 1) {
            left /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", left, UNITS[unit]);
    }

    /** Control characters, marks that turn the direction of text, and halves of characters are shown, not obeyed. */
    static String harmless(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.SURROGATE
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.UNASSIGNED
                    || type == Character.PRIVATE_USE) {
                out.append(String.format(Locale.ROOT, "\\u{%x}", c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    /** At most so many characters, the last one an ellipsis if some were left out. */
    static String shortened(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = Math.max(0, most - 1);
        return text.substring(0, end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
