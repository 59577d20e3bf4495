package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.entrepot.server.audit.query.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A report: one file {@code report-NAME.sql} beside the classes, with its columns and what they mean.
 *
 * <pre>
 * -- title: Served stale
 * -- about: Tags that were answered with what was last known.
 * -- option: by namespace node          the values that ${by} may have, the first if none is asked for
 * -- column: servings number Answers
 * -- given moved                        a table of that name for what follows
 * SELECT …                            or: view, where it would be too large to be kept
 * -- rows
 * SELECT … LIMIT ${limit}
 * -- figures                            one row; a column's name is a label, with :bytes, :time or :yes-no behind it
 * SELECT count(*) AS "Stale answers"
 * -- chart days number Stale answers a day      two columns, label and value; or: chart ranked bytes Title
 * SELECT …
 * </pre>
 */
record Report(
        String name,
        String title,
        String about,
        Map<String, List<String>> options,
        List<Answer.Column> columns,
        List<Part> parts) {

    /** Every report that people ask for, in the order in which they are listed; two more are for other commands. */
    static final List<String> NAMES = List.of(
            "pulls",
            "holders",
            "denials",
            "drift",
            "exempted",
            "stale",
            "usage",
            "top",
            "first-time",
            "unused",
            "break-glass",
            "completeness",
            "inventory",
            "asked");

    /**
     * A statement.
     *
     * @param kind given, view, rows, figures or chart
     * @param head what stands behind the kind
     */
    record Part(String kind, String head, String sql) {}

    /** @throws IllegalArgumentException if there is none of that name */
    static Report of(String name) throws IOException {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "report: " + name + " (expected: one of " + String.join(", ", NAMES) + ")");
        }
        return parse(name, resource("report-" + name + ".sql"));
    }

    static String resource(String file) throws IOException {
        try (InputStream in = Answer.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException(file + " is missing from the program");
            }
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static Report parse(String name, String text) {
        Map<String, String> words = new TreeMap<>();
        Map<String, List<String>> options = new TreeMap<>();
        List<Answer.Column> columns = new ArrayList<>();
        List<Part> parts = new ArrayList<>();
        for (String block : text.split("(?m)^-- ", -1)) {
            String head = block.lines().findFirst().orElse("");
            String sql =
                    block.substring(Math.min(block.length(), head.length())).strip();
            String[] split = head.split("[: ]+", 2);
            switch (split[0]) {
                case "column" -> columns.add(column(split[1].split(" ", 3)));
                case "option" ->
                    options.put(
                            split[1].split(" ", -1)[0],
                            List.of(split[1].split(" ", -1)).subList(1, split[1].split(" ", -1).length));
                case "given", "view", "rows", "figures", "chart" ->
                    parts.add(new Part(split[0], split.length > 1 ? split[1] : "", sql));
                default -> words.put(split[0], split.length > 1 ? split[1] : "");
            }
        }
        return new Report(
                name,
                words.getOrDefault("title", name),
                words.getOrDefault("about", ""),
                options,
                List.copyOf(columns),
                List.copyOf(parts));
    }

    private static Answer.Column column(String[] words) {
        return new Answer.Column(words[0], kind(words[1]), words[2]);
    }

    static Answer.Kind kind(String word) {
        return Answer.Kind.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    boolean mentions(String word) {
        return parts.stream().anyMatch(part -> part.sql().contains(word));
    }
}
