package io.entrepot.server;

import io.entrepot.server.admin.Metrics;
import io.entrepot.server.upstream.Incident;
import io.entrepot.server.upstream.UpstreamEvents;
import java.time.Instant;

/** Takes what upstreams tell to the metrics, the clock and the desk of incidents. */
record UpstreamNews(Metrics metrics, TrustedClock clock, IncidentDesk incidents) implements UpstreamEvents {

    @Override
    public void asked(Asked asked) {
        metrics.asked(asked);
    }

    @Override
    public void dated(Instant date) {
        clock.heard(date);
    }

    @Override
    public void repeated(String upstream) {
        metrics.repeated(upstream);
    }

    @Override
    public void passedOn(String upstream) {
        metrics.passedOn(upstream);
    }

    @Override
    public void noticed(Incident incident) {
        incidents.ofUpstream(incident);
    }
}
