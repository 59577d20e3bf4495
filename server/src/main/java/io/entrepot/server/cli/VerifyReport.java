package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.server.inspect.Json;
import java.io.PrintWriter;

/** What {@code cache verify} prints: what is wrong as it is found, how far it is on a terminal, a sum at the end. */
final class VerifyReport {

    private static final long PROGRESS_NANOS = 200_000_000;

    private final PrintWriter out;
    private final boolean json;
    private final boolean terminal = Terminal.isOutput();
    private long blobs;
    private long bytes;
    private long damaged;
    private long shown;

    VerifyReport(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
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
            out.println(erase() + blob.path("digest").asText() + " is damaged and was set aside");
        }
        progress();
    }

    /** True if nothing was damaged. */
    boolean end() {
        if (!json) {
            out.println(erase() + blobs + " blobs, " + bytes + " bytes, " + damaged + " damaged");
        }
        out.flush();
        return damaged == 0;
    }

    private void progress() {
        long now = System.nanoTime();
        if (terminal && !json && now - shown > PROGRESS_NANOS) {
            shown = now;
            out.print(erase() + blobs + " blobs, " + (bytes >> 20) + " MiB");
            out.flush();
        }
    }

    private String erase() {
        return terminal ? "\r\u001b[K" : "";
    }
}
