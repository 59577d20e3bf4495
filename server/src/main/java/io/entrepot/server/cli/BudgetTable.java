package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What upstreams grant and what became of it, as a table: one line for each account that was used, and under it what there
 * is to be said besides.
 */
final class BudgetTable {

    private static final List<String> HEAD = List.of(
            "UPSTREAM",
            "AS",
            "LEFT",
            "RESERVED",
            "REFILLS",
            "LASTS",
            "HEADS",
            "MANIFESTS",
            "BLOBS",
            "TOKENS",
            "OTHER",
            "SAVED");

    private final Instant now;
    private final Columns columns = new Columns(2, HEAD);

    BudgetTable(Instant now) {
        this.now = now;
    }

    /** Adds the accounts of one upstream. */
    void add(JsonNode upstream) {
        upstream.path("budgets").forEach(budget -> {
            if (!budget.path("sent").isEmpty() || !budget.path("saved").isEmpty()) {
                columns.add(row(upstream.path("registry").asText(), budget), remarks(budget));
            }
        });
    }

    void print(PrintWriter out) {
        columns.print(out);
    }

    private List<String> row(String registry, JsonNode budget) {
        JsonNode sent = budget.path("sent");
        long heads = sent.path("manifest_head").asLong();
        long manifests = sent.path("manifest").asLong();
        long blobs = sent.path("blob").asLong() + sent.path("blob_head").asLong();
        long tokens = sent.path("token").asLong();
        boolean limited = budget.has("limit");
        return List.of(
                registry,
                budget.path("account").asText(),
                limited
                        ? budget.path("left").asLong() + "/"
                                + budget.path("limit").asLong() + " in "
                                + Spans.text(Duration.ofSeconds(
                                        budget.path("windowSeconds").asLong()))
                        : "-",
                limited ? budget.path("reserved").asText() : "-",
                limited ? in(budget.path("refills").asText()) : "-",
                budget.has("exhausted") ? in(budget.path("exhausted").asText()) : "-",
                Long.toString(heads),
                Long.toString(manifests),
                Long.toString(blobs),
                Long.toString(tokens),
                Long.toString(sum(sent) - heads - manifests - blobs - tokens),
                Long.toString(sum(budget.path("saved"))));
    }

    private List<String> remarks(JsonNode budget) {
        List<String> remarks = new ArrayList<>();
        if (budget.path("stretch").asInt() > 1) {
            remarks.add("tags are believed " + budget.path("stretch").asInt() + " times longer");
        }
        if (budget.has("pullsAgain")) {
            remarks.add("refuses pulls (429), asked again "
                    + in(budget.path("pullsAgain").asText()));
        }
        if (budget.has("anythingAgain")) {
            remarks.add("asked us to slow down (429), asked again "
                    + in(budget.path("anythingAgain").asText()));
        }
        if (budget.path("waiting").asInt() > 0) {
            remarks.add(budget.path("waiting").asInt() + " requests wait for their turn");
        }
        if (!budget.path("withheld").isEmpty()) {
            List<String> reasons = new ArrayList<>();
            for (Map.Entry<String, JsonNode> each : budget.path("withheld").properties()) {
                reasons.add(each.getValue().asLong() + " " + each.getKey().replace('_', ' '));
            }
            remarks.add("not asked: " + String.join(", ", reasons));
        }
        return remarks;
    }

    private static long sum(JsonNode counts) {
        long sum = 0;
        for (JsonNode each : counts) {
            sum += each.asLong();
        }
        return sum;
    }

    private String in(String time) {
        Duration left = Duration.between(now, Instant.parse(time));
        return left.isNegative() || left.isZero() ? "now" : "in " + Spans.text(left);
    }
}
