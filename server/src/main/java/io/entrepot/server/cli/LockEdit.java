package io.entrepot.server.cli;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.policy.Pin;
import io.entrepot.server.policy.PinBook;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Changes to a lock file, each printed as it is made. */
final class LockEdit {

    private final Map<Repository, Map<Tag, Pin>> pins = new HashMap<>();
    private final PrintWriter out;
    private final boolean json;
    private int changed;

    LockEdit(PinBook before, PrintWriter out, boolean json) {
        before.pins().forEach((repository, tags) -> pins.put(repository, new HashMap<>(tags)));
        this.out = out;
        this.json = json;
    }

    /** Pins a tag, if it is not pinned so already. An empty {@code why} leaves what stands there. */
    void pin(Repository repository, Tag tag, Digest digest, String by, String why) {
        Map<Tag, Pin> tags = pins.computeIfAbsent(repository, name -> new HashMap<>());
        Pin before = tags.get(tag);
        if (before != null && before.digest().equals(digest)) {
            return;
        }
        String reason = why.isEmpty() && before != null ? before.why() : why;
        tags.put(tag, new Pin(digest, by, reason));
        changed++;
        print(repository + ":" + tag, before == null ? "" : before.digest().toString(), digest);
    }

    private void print(String image, String from, Digest to) {
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("image", image);
            line.put("from", from);
            line.put("to", to.toString());
            out.println(Json.text(line));
        } else {
            out.println(image + "\n  - " + (from.isEmpty() ? "not pinned" : from) + "\n  + " + to);
        }
    }

    int changed() {
        return changed;
    }

    PinBook result() {
        return new PinBook(pins);
    }
}
