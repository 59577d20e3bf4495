package io.entrepot.server;

import io.entrepot.server.admin.Metrics;
import io.entrepot.server.content.Incident;
import io.entrepot.server.log.OncePerMinute;
import io.entrepot.server.log.Records;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Takes what store, content and upstreams notice to the log, the metrics and the record. */
final class IncidentDesk {

    private static final Logger LOG = LoggerFactory.getLogger(IncidentDesk.class);

    private final Metrics metrics;
    private final Happenings happenings;
    /** While an upstream is away, a fleet asks for the same tag again and again. */
    private final OncePerMinute stales = new OncePerMinute(System::nanoTime);

    IncidentDesk(Metrics metrics, Happenings happenings) {
        this.metrics = metrics;
        this.happenings = happenings;
    }

    void ofStore(io.entrepot.storage.Incident incident) {
        happenings.ofStore(incident);
        report((Record) incident, Level.WARN);
    }

    void ofContent(Incident incident) {
        happenings.ofContent(incident);
        report((Record) incident, incident instanceof Incident.TagMoved ? Level.INFO : Level.WARN);
    }

    void ofUpstream(io.entrepot.server.upstream.Incident incident) {
        happenings.ofUpstream(incident);
        report(
                (Record) incident,
                incident instanceof io.entrepot.server.upstream.Incident.EndpointResumed ? Level.INFO : Level.WARN);
    }

    private void report(Record incident, Level level) {
        metrics.incident(Records.kind(incident));
        LoggingEventBuilder line = LOG.atLevel(level);
        if (incident instanceof Incident.ServedStale stale) {
            OptionalLong leftOut = stales.pass(stale.repository() + ":" + stale.tag());
            if (leftOut.isEmpty()) {
                return;
            }
            line = leftOut.getAsLong() == 0 ? line : line.addKeyValue("leftOut", leftOut.getAsLong());
        }
        Records.log(incident, line);
    }
}
