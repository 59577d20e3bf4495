package io.entrepot.server.audit.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the answering process is asked, as one JSON object on its standard input:
 *
 * <pre>
 * {"kind":"report","directory":"/var/lib/entrepot/audit","name":"denials","format":"html","limit":1000,
 *  "filters":{"from":"2026-11-01T00:00:00Z","namespace":"prod-*"},"options":{"by":"team"},"teams":{"prod-*":"web"}}
 * </pre>
 *
 * @param kind what is to be done
 * @param directory the log's; what is derived lies in it
 * @param name of a report; empty otherwise
 * @param filters which records; see {@link Filter}
 * @param options of a report, such as {@code by}
 * @param teams the team of each namespace, by globs of namespaces: that of the first that fits
 * @param limit the most rows of an answer, 1 to 1,000,000
 * @param after a cursor: the seq of the last record of the page before; -1: from the beginning
 * @param newest the newest records first
 * @param format of the answer
 * @param width of the terminal in columns, for text; 0: as wide as it gets
 */
public record Question(
        Kind kind,
        Path directory,
        String name,
        Map<Filter, String> filters,
        Map<String, String> options,
        Map<String, String> teams,
        int limit,
        long after,
        boolean newest,
        Format format,
        int width) {

    /** The option of what is derived, and its value: one file for each day. */
    public static final String DAYS = "days";

    public static final String WHOLE = "whole";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST = 1_000_000;

    /** What is to be done. */
    public enum Kind {
        /** Parquet is made of the records that came since; the answer says up to which seq. */
        DERIVE,
        /** Records, a page of them. */
        QUERY,
        /** A report. */
        REPORT
    }

    public Question {
        filters = Collections.unmodifiableMap(new TreeMap<>(filters));
        options = Collections.unmodifiableMap(new TreeMap<>(options));
        teams = Collections.unmodifiableMap(new LinkedHashMap<>(teams));
        filters.forEach(Filter::check);
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + MOST + ")");
        }
        if (after < -1 || width < 0) {
            throw new IllegalArgumentException(
                    "after, width: " + after + ", " + width + " (expected: no less than -1, 0)");
        }
    }

    public static Question derive(Path directory) {
        return new Question(Kind.DERIVE, directory, "", Map.of(), Map.of(), Map.of(), 1, -1, false, Format.JSON, 0);
    }

    /** Parquet with one file for each day. */
    public static Question deriveWholeDays(Path directory) {
        return derive(directory).with(Map.of(DAYS, WHOLE), Map.of());
    }

    /** A page of records, the newest first. */
    public static Question query(Path directory, Map<Filter, String> filters, int limit, Format format) {
        return new Question(Kind.QUERY, directory, "", filters, Map.of(), Map.of(), limit, -1, true, format, 0);
    }

    public static Question report(Path directory, String name, Map<Filter, String> filters, Format format) {
        return new Question(Kind.REPORT, directory, name, filters, Map.of(), Map.of(), 10_000, -1, true, format, 0);
    }

    public Question with(Format other, int columns) {
        return new Question(kind, directory, name, filters, options, teams, limit, after, newest, other, columns);
    }

    public Question page(int rows, long cursor, boolean newestFirst) {
        return new Question(kind, directory, name, filters, options, teams, rows, cursor, newestFirst, format, width);
    }

    public Question with(Map<String, String> otherOptions, Map<String, String> otherTeams) {
        return new Question(
                kind, directory, name, filters, otherOptions, otherTeams, limit, after, newest, format, width);
    }

    public String option(String key, String otherwise) {
        return options.getOrDefault(key, otherwise);
    }

    public String toJson() {
        ObjectNode node = JSON.createObjectNode()
                .put("kind", kind.name().toLowerCase(Locale.ROOT))
                .put("directory", directory.toString())
                .put("name", name)
                .put("limit", limit)
                .put("after", after)
                .put("newest", newest)
                .put("format", format.name().toLowerCase(Locale.ROOT))
                .put("width", width);
        ObjectNode filter = node.putObject("filters");
        filters.forEach((key, value) -> filter.put(key.key(), value));
        ObjectNode option = node.putObject("options");
        options.forEach(option::put);
        ObjectNode team = node.putObject("teams");
        teams.forEach(team::put);
        return node.toString();
    }

    /** From JSON. @throws IllegalArgumentException that says what is wrong with it */
    public static Question parse(String json) {
        JsonNode node;
        try {
            node = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the question is no JSON object: " + e.getOriginalMessage(), e);
        }
        Map<Filter, String> filters = new TreeMap<>();
        node.path("filters")
                .properties()
                .forEach(each ->
                        filters.put(Filter.of(each.getKey()), each.getValue().asText()));
        return new Question(
                constant(Kind.class, node, "kind"),
                Path.of(node.path("directory").asText()),
                node.path("name").asText(),
                filters,
                texts(node.path("options")),
                texts(node.path("teams")),
                node.path("limit").asInt(1000),
                node.path("after").asLong(-1),
                node.path("newest").asBoolean(true),
                constant(Format.class, node, "format"),
                node.path("width").asInt(0));
    }

    private static <E extends Enum<E>> E constant(Class<E> type, JsonNode node, String field) {
        String text = node.path(field).asText();
        for (E each : type.getEnumConstants()) {
            if (each.name().equalsIgnoreCase(text)) {
                return each;
            }
        }
        throw new IllegalArgumentException(field + ": " + text + " (expected: one of "
                + java.util.Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT) + ")");
    }

    private static Map<String, String> texts(JsonNode node) {
        Map<String, String> texts = new LinkedHashMap<>();
        node.properties()
                .forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
        return texts;
    }
}
