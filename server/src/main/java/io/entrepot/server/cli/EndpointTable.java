package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Whether the endpoints of upstreams are asked, as a table: one line for each, and under it why one is not. */
final class EndpointTable {

    private final Instant now;
    private final Columns columns = new Columns(3, List.of("UPSTREAM", "ENDPOINT", "NOW", "SINCE"));

    EndpointTable(Instant now) {
        this.now = now;
    }

    /** Adds the endpoints of one upstream. */
    void add(JsonNode upstream) {
        upstream.path("endpoints").forEach(endpoint -> {
            boolean suspended = endpoint.has("since");
            columns.add(
                    List.of(
                            upstream.path("registry").asText(),
                            endpoint.path("host").asText(),
                            endpoint.path("state").asText().replace('_', ' '),
                            suspended ? ago(endpoint.path("since").asText()) : "-"),
                    suspended ? List.of(why(endpoint)) : List.of());
        });
    }

    private String ago(String time) {
        return Spans.text(Duration.between(Instant.parse(time), now)) + " ago";
    }

    private static String why(JsonNode endpoint) {
        Duration wait = Duration.ofSeconds(endpoint.path("askedAgainSeconds").asLong());
        return endpoint.path("why").asText() + "; asked again in " + Spans.text(wait);
    }

    void print(PrintWriter out) {
        columns.print(out);
    }
}
