package io.entrepot.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * For people: {@code 2026-11-26T10:00:00.123Z INFO  blob committed digest=sha256:… reason="two words"}. An exception's frames follow,
 * each on an indented line.
 */
final class TextLines implements LineFormat {

    @Override
    public String format(ILoggingEvent event) {
        StringBuilder out = new StringBuilder(160);
        out.append(event.getInstant()).append(' ').append(event.getLevel());
        out.append(event.getLevel().toString().length() < 5 ? "  " : " ");
        Escapes.append(out, event.getFormattedMessage(), MAX_EVENT);
        facts(out, event.getKeyValuePairs());
        if (event.getThrowableProxy() != null) {
            error(out, event.getThrowableProxy());
        }
        return out.append('\n').toString();
    }

    private static void facts(StringBuilder out, @Nullable List<KeyValuePair> facts) {
        if (facts == null) {
            return;
        }
        for (KeyValuePair fact : facts) {
            fact(out, fact.key, String.valueOf(fact.value));
        }
    }

    private static void fact(StringBuilder out, String key, String value) {
        out.append(' ');
        Escapes.append(out, key, MAX_VALUE);
        out.append('=');
        boolean quoted = value.isEmpty() || value.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '=' || c == '\\');
        if (quoted) {
            out.append('"');
        }
        Escapes.append(out, value, MAX_VALUE);
        if (quoted) {
            out.append('"');
        }
    }

    private static void error(StringBuilder out, IThrowableProxy error) {
        fact(out, "error", error.getClassName() + ": " + error.getMessage());
        StackTraceElementProxy[] frames = error.getStackTraceElementProxyArray();
        for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
            out.append("\n    at ");
            Escapes.append(out, frames[i].getStackTraceElement().toString(), MAX_VALUE);
        }
    }
}
