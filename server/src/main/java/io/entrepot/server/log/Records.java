package io.entrepot.server.log;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Registry;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
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

    /** Writes the line: its kind as the event, its components as key-values. */
    public static void log(Record record, LoggingEventBuilder line) {
        LoggingEventBuilder all = line;
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = value(record, component);
            all = value instanceof Registry
                    ? all.addKeyValue("registry", value)
                    : all.addKeyValue(component.getName(), value instanceof Descriptor of ? of.digest() : value);
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
