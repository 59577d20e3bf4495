package io.entrepot.server;

import io.entrepot.server.admin.Metrics;
import io.entrepot.server.content.Incident;
import io.entrepot.server.log.Records;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

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
        metrics.incident(Records.kind(incident));
        Records.log(incident, LOG.atLevel(level));
    }
}
