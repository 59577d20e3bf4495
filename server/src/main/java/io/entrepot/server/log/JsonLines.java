package io.entrepot.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.util.List;
import java.util.Set;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object a line: {@code {"time":"2026-11-26T10:00:00.123Z","level":"INFO","event":"blob committed","by":"Fill",
 * "digest":"sha256:…"}}. Key-values stand beside the event; one whose key is taken gets an underscore.
 */
final class JsonLines implements LineFormat {

    private static final Set<String> TAKEN = Set.of("time", "level", "event", "by", "error", "stack");

    @Override
    public String format(ILoggingEvent event) {
        StringBuilder out = new StringBuilder(256);
        out.append("{\"time\":\"").append(event.getInstant()).append('"');
        field(out, "level", event.getLevel().toString(), MAX_VALUE);
        field(out, "event", event.getFormattedMessage(), MAX_EVENT);
        field(out, "by", LineFormat.speaker(event), MAX_VALUE);
        facts(out, event.getKeyValuePairs());
        if (event.getThrowableProxy() != null) {
            error(out, event.getThrowableProxy());
        }
        return out.append("}\n").toString();
    }

    private static void facts(StringBuilder out, @org.jspecify.annotations.Nullable List<KeyValuePair> facts) {
        if (facts == null) {
            return;
        }
        for (KeyValuePair fact : facts) {
            String key = TAKEN.contains(fact.key) ? fact.key + "_" : fact.key;
            if (fact.value instanceof Long || fact.value instanceof Integer || fact.value instanceof Boolean) {
                name(out, key).append(fact.value);
            } else {
                field(out, key, String.valueOf(fact.value), MAX_VALUE);
            }
        }
    }

    private static void error(StringBuilder out, IThrowableProxy error) {
        field(out, "error", error.getClassName() + ": " + error.getMessage(), MAX_EVENT);
        name(out, "stack").append('[');
        StackTraceElementProxy[] frames = error.getStackTraceElementProxyArray();
        for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
            out.append(i == 0 ? "\"" : ",\"");
            Escapes.append(out, frames[i].getStackTraceElement().toString(), MAX_VALUE);
            out.append('"');
        }
        out.append(']');
    }

    private static void field(StringBuilder out, String key, String value, int limit) {
        name(out, key).append('"');
        Escapes.append(out, value, limit);
        out.append('"');
    }

    private static StringBuilder name(StringBuilder out, String key) {
        out.append(",\"");
        Escapes.append(out, key, MAX_VALUE);
        return out.append("\":");
    }
}
