package io.entrepot.server.log;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Registry;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A record as a line of the log: {@code WrongBytes[upstream=docker.io, digest=sha256:…]} is the event {@code wrong bytes} with
 * {@code registry=docker.io digest=sha256:…}.
 */
public final class Records {

    private Records() {}

    /** The name of its kind, as in {@code wrong_bytes}. */
    public static String kind(Record record) {
        return record.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toLowerCase(Locale.ROOT);
    }

    /** Its components by name, as text; of a descriptor the digest. */
    public static Map<String, String> facts(Record record) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = value(record, component);
            String name = value instanceof Registry ? "registry" : component.getName();
            facts.put(name, value instanceof Descriptor of ? of.digest().toString() : String.valueOf(value));
        }
        return facts;
    }

    /** Writes the line: its kind as the event, its components as key-values. */
    public static void log(Record record, LoggingEventBuilder line) {
        LoggingEventBuilder all = line;
        for (Map.Entry<String, String> fact : facts(record).entrySet()) {
            all = all.addKeyValue(fact.getKey(), fact.getValue());
        }
        all.log(kind(record).replace('_', ' '));
    }

    private static Object value(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            return "?";
        }
    }
}
