package io.entrepot.server.node.doctor;

import io.entrepot.server.node.doctor.Finding.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was found on a node. */
public record Diagnosis(List<Row> rows, List<Remark> remarks) {

    public Diagnosis {
        rows = List.copyOf(rows);
        remarks = List.copyOf(remarks);
    }

    /** Whether what a mirror refuses is refused. The worse holds. */
    public enum State {
        CLOSED,
        UNSURE,
        OPEN;

        static State of(Level level) {
            return switch (level) {
                case OPEN -> OPEN;
                case UNSURE, BROKEN -> UNSURE;
                case NOTE -> CLOSED;
            };
        }

        State and(State other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    /**
     * Whom a runtime asks for the images of a registry.
     *
     * @param releases of the runtime for which it holds; empty: all
     * @param registry its name, or {@code *} for all that are not named
     */
    public record Row(String runtime, String releases, String registry, State state, List<String> asked) {

        public Row {
            asked = List.copyOf(asked);
        }

        Row with(String releases) {
            return new Row(runtime, releases, registry, state, asked);
        }
    }

    /** A finding, and the releases for which it holds; empty: all. */
    public record Remark(Finding finding, String releases) {}

    /** Whether nothing goes around the mirror, for certain. */
    public boolean isClosed() {
        return rows.stream().allMatch(row -> row.state() == State.CLOSED)
                && remarks.stream().allMatch(remark -> remark.finding().level() == Level.NOTE);
    }

    /** As it is sent to programs. */
    public Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("closed", isClosed());
        facts.put("registries", rows.stream().map(Diagnosis::facts).toList());
        facts.put("findings", remarks.stream().map(Diagnosis::facts).toList());
        return facts;
    }

    private static Map<String, Object> facts(Row row) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("runtime", row.runtime());
        facts.put("releases", row.releases());
        facts.put("registry", row.registry());
        facts.put("state", row.state().name().toLowerCase(Locale.ROOT));
        facts.put("asked", row.asked());
        return facts;
    }

    private static Map<String, Object> facts(Remark remark) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("level", remark.finding().level().name().toLowerCase(Locale.ROOT));
        facts.put("releases", remark.releases());
        facts.put("where", remark.finding().where());
        facts.put("what", remark.finding().what());
        facts.put("fix", remark.finding().fix());
        return facts;
    }
}
