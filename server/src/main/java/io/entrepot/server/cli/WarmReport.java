package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.oci.ImageRef;
import java.io.PrintWriter;
import java.util.Locale;

/** Says of each image what came of it, and in the end of all of them. */
final class WarmReport {

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;
    private final int total;
    private int done;
    private int failed;
    private long fetched;

    WarmReport(PrintWriter out, PrintWriter err, boolean json, int total) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.total = total;
    }

    synchronized void came(ImageRef image, JsonNode warmed) {
        done++;
        fetched += warmed.path("fetchedBytes").asLong();
        boolean whole = warmed.path("failures").isEmpty();
        failed += whole ? 0 : 1;
        if (json) {
            out.println(warmed);
        } else {
            out.printf("[%d/%d] %s: %s%n", done, total, image, whole ? summary(warmed) : "FAILED");
            warmed.path("failures").forEach(failure -> err.println("  " + failure.asText()));
        }
        out.flush();
        err.flush();
    }

    private static String summary(JsonNode warmed) {
        return String.format(
                "manifests %d, blobs %d, referrers %d, %s (%s fetched)",
                warmed.path("manifests").asInt(),
                warmed.path("blobs").asInt(),
                warmed.path("referrers").asInt(),
                size(warmed.path("bytes").asLong()),
                size(warmed.path("fetchedBytes").asLong()));
    }

    /** True if every image is here. */
    boolean end() {
        if (!json) {
            out.printf("%d of %d images are here, %s fetched%n", total - failed, total, size(fetched));
            out.flush();
        }
        return failed == 0;
    }

    private static String size(long bytes) {
        if (bytes == 0) {
            return "nothing";
        }
        if (bytes < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f KB", bytes / 1e3);
        }
        return bytes < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
