package io.entrepot.server.audit.tlog;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gathers what a verification finds; a log that is wrong throughout does not fill the memory. */
final class Report {

    /** So many findings are told one by one. */
    static final int MOST = 1000;

    private final List<Finding> findings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Anchor> anchors = new LinkedHashMap<>();
    private long found;

    void find(Finding.Kind kind, long from, long to, String message) {
        found++;
        if (findings.size() < MOST) {
            findings.add(new Finding(kind, from, to, message));
        }
    }

    /** A finding that concerns no record. */
    void find(Finding.Kind kind, String message) {
        find(kind, 0, 0, message);
    }

    void note(String note) {
        notes.add(note);
    }

    void anchor(String by, long size, Optional<Instant> time) {
        Anchor known = anchors.get(by);
        if (known == null || known.size() <= size) {
            anchors.put(by, new Anchor(by, size, time));
        }
    }

    Verification result(long first, long size, long covered, long checkpoints) {
        return new Verification(
                first, size, covered, checkpoints, List.copyOf(anchors.values()), findings, found, notes);
    }
}
