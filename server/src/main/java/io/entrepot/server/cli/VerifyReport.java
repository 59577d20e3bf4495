package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.server.inspect.Json;
import java.io.PrintWriter;

/** What {@code cache verify} prints: what is wrong as it is found, how far it is on a terminal, a sum at the end. */
final class VerifyReport {

    private final PrintWriter out;
    private final boolean json;
    private final ProgressLine progress;
    private long blobs;
    private long bytes;
    private long damaged;

    VerifyReport(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
        this.progress = new ProgressLine(out, !json);
    }

    void line(String line) {
        JsonNode blob = Json.parse(line);
        boolean wrong = blob.path("result").asText().equals("damaged");
        blobs++;
        bytes += blob.path("size").asLong();
        damaged += wrong ? 1 : 0;
        if (json) {
            out.println(line);
        } else if (wrong) {
            progress.println(blob.path("digest").asText() + " is damaged and was set aside");
        }
        progress.show(blobs + " blobs, " + (bytes >> 20) + " MiB");
    }

    /** True if nothing was damaged. */
    boolean end() {
        if (!json) {
            progress.println(blobs + " blobs, " + bytes + " bytes, " + damaged + " damaged");
        }
        out.flush();
        return damaged == 0;
    }
}
