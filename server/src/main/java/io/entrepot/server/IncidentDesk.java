package io.entrepot.server;

import io.entrepot.oci.Descriptor;
import io.entrepot.server.admin.Metrics;
import io.entrepot.server.content.Incident;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Takes what store and content notice to the log and the metrics. */
final class IncidentDesk {

    private static final Logger LOG = LoggerFactory.getLogger(IncidentDesk.class);

    private final Metrics metrics;

    IncidentDesk(Metrics metrics) {
        this.metrics = metrics;
    }

    void ofStore(io.entrepot.storage.Incident incident) {
        report((Record) incident, Level.WARN);
    }

    void ofContent(Incident incident) {
        report((Record) incident, incident instanceof Incident.TagMoved ? Level.INFO : Level.WARN);
    }

    private void report(Record incident, Level level) {
        String kind = kind(incident);
        metrics.incident(kind);
        LoggingEventBuilder line = LOG.atLevel(level);
        for (RecordComponent fact : incident.getClass().getRecordComponents()) {
            line = line.addKeyValue(fact.getName(), value(incident, fact));
        }
        line.log(kind.replace('_', ' '));
    }

    /** {@code WrongBytes} is {@code wrong_bytes}. */
    private static String kind(Record incident) {
        return incident.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toLowerCase(Locale.ROOT);
    }

    private static Object value(Record incident, RecordComponent fact) {
        try {
            Object value = fact.getAccessor().invoke(incident);
            return value instanceof Descriptor descriptor ? descriptor.digest() : value;
        } catch (ReflectiveOperationException e) {
            return "?";
        }
    }
}
