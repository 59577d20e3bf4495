package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.server.inspect.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What {@code cache gc} prints: what goes as it goes, how far it is on a terminal, a sum at the end. */
final class GcReport {

    /** How many of one kind, and their bytes. */
    private record Sum(long count, long bytes) {

        Sum plus(long more) {
            return new Sum(count + 1, bytes + more);
        }
    }

    private final PrintWriter out;
    private final boolean json;
    private final boolean dryRun;
    private final ProgressLine progress;
    private final Map<String, Sum> sums = new TreeMap<>();
    private boolean failed;

    GcReport(PrintWriter out, boolean json, boolean dryRun) {
        this.out = out;
        this.json = json;
        this.progress = new ProgressLine(out, !json);
        this.dryRun = dryRun;
    }

    void line(String line) {
        JsonNode found = Json.parse(line);
        String kind = found.path("kind").asText();
        if (json) {
            out.println(line);
        }
        switch (kind) {
            case "progress" ->
                progress.show(
                        found.path("step").asText() + " " + found.path("done").asLong());
            case "problem" -> problem(found.path("message").asText());
            default -> found(kind, found);
        }
    }

    private void found(String kind, JsonNode found) {
        long bytes = found.path("size").asLong();
        sums.merge(kind, new Sum(1, bytes), (sum, one) -> sum.plus(one.bytes()));
        if (!json) {
            String what = dryRun ? "would remove " : "removed ";
            progress.println(what + kind + " " + found.path("name").asText() + " " + bytes);
        }
    }

    private void problem(String message) {
        failed = true;
        if (!json) {
            progress.println(message);
        }
    }

    /** True if it came to its end. */
    boolean end() {
        if (!json) {
            progress.println((dryRun ? "would remove " : "removed ") + sum());
        }
        out.flush();
        return !failed;
    }

    private String sum() {
        List<String> parts = new ArrayList<>();
        sums.forEach((kind, sum) -> parts.add(kind + ": " + sum.count() + " (" + sum.bytes() + " bytes)"));
        return parts.isEmpty() ? "nothing" : String.join(", ", parts);
    }
}
