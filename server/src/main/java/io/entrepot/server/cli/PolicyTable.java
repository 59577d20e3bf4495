package io.entrepot.server.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A table of questions and the answers that are expected, as YAML or as lines with commas.
 *
 * <pre>
 * - { image: "alpine:latest", namespace: prod, verdict: deny, rule: no-latest }
 * - { image: "alpine:3.20", platforms: [linux/amd64], age: 80h, verdict: allow, rule: hub-official }
 *
 * image,namespace,verdict,rule
 * alpine:latest,prod,deny,no-latest
 * alpine:3.20,,depends,hub-official
 * </pre>
 *
 * In the second form several values of a field stand between semicolons, and there is no quoting.
 */
final class PolicyTable {

    private static final Set<String> FIELDS = Set.of(
            "image",
            "user",
            "groups",
            "namespace",
            "service-account",
            "from",
            "tags",
            "age",
            "pinned",
            "first",
            "platforms",
            "size",
            "media-type",
            "artifact-type",
            "layer-types",
            "foreign-urls",
            "verdict",
            "rule",
            "message");

    private PolicyTable() {}

    /**
     * One question.
     *
     * @param line where it stands: a line, or in YAML the row's number
     * @param fields the values of those that are given
     */
    record Row(int line, Map<String, List<String>> fields) {

        boolean has(String field) {
            return fields.containsKey(field);
        }

        List<String> all(String field) {
            return fields.getOrDefault(field, List.of());
        }

        String text(String field) {
            return String.join(", ", all(field));
        }

        boolean flag(String field, boolean otherwise) {
            return has(field) ? text(field).equals("true") : otherwise;
        }
    }

    /** @throws CommandException that names each row that is wrong, and what is wrong with it */
    static List<Row> parse(String text) {
        String first = text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .findFirst()
                .orElse("");
        List<Row> rows = first.startsWith("image,") ? commas(text) : yaml(text);
        requireNone(rows.stream().flatMap(row -> wrong(row).stream()).toList());
        if (rows.isEmpty()) {
            throw CommandException.usage("there is no row in the table");
        }
        return rows;
    }

    private static List<String> wrong(Row row) {
        List<String> wrong = new ArrayList<>();
        for (String field : row.fields().keySet()) {
            if (!FIELDS.contains(field)) {
                wrong.add(wrong(
                        row.line(),
                        field + " is no field (expected: one of "
                                + FIELDS.stream().sorted().collect(Collectors.joining(", ")) + ")"));
            }
        }
        if (!row.has("image") || !Set.of("allow", "deny", "depends").contains(row.text("verdict"))) {
            wrong.add(wrong(row.line(), "image and verdict are needed (verdict: allow, deny or depends)"));
        }
        return wrong;
    }

    /** Throws if a row is wrong, with all that are, one a line. */
    static void requireNone(List<String> wrong) {
        if (!wrong.isEmpty()) {
            throw CommandException.usage(String.join("\n", wrong));
        }
    }

    private static List<Row> commas(String text) {
        List<Row> rows = new ArrayList<>();
        List<String> names = List.of();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            List<String> cells = List.of(line.split(",", -1));
            if (names.isEmpty()) {
                names = cells.stream().map(String::strip).toList();
            } else if (cells.size() != names.size()) {
                throw bad(number, cells.size() + " fields (expected: " + names.size() + ")");
            } else {
                rows.add(new Row(number, fields(names, cells)));
            }
        }
        return rows;
    }

    private static Map<String, List<String>> fields(List<String> names, List<String> cells) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String cell = cells.get(i).strip();
            if (!cell.isEmpty()) {
                fields.put(names.get(i), List.of(cell.split(";")));
            }
        }
        return fields;
    }

    private static List<Row> yaml(String text) {
        Object loaded;
        try {
            loaded = new Load(LoadSettings.builder().build()).loadFromString(text);
        } catch (YamlEngineException e) {
            throw CommandException.usage("the table cannot be read: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        if (!(loaded instanceof List<?> list)) {
            throw CommandException.usage("the table is no list of rows (expected: - { image: …, verdict: … })");
        }
        List<Row> rows = new ArrayList<>();
        for (Object each : list) {
            int number = rows.size() + 1;
            if (!(each instanceof Map<?, ?> map)) {
                throw bad(number, "no row (expected: { image: …, verdict: … })");
            }
            Map<String, List<String>> fields = new LinkedHashMap<>();
            map.forEach((key, value) -> fields.put(String.valueOf(key), values(value)));
            rows.add(new Row(number, fields));
        }
        return rows;
    }

    private static List<String> values(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of(String.valueOf(value));
    }

    private static CommandException bad(int line, String what) {
        return CommandException.usage(wrong(line, what));
    }

    /** What is wrong with a row. */
    static String wrong(int line, String what) {
        return "row " + line + ": " + what;
    }
}
