package io.entrepot.server.audit.query.duck;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The columns of the Parquet files, and the fields of a record that they come from. Names are lower case with underscores,
 * since Hive and Athena do not tell cases apart, and none is a word of SQL that needs quotes.
 */
final class Columns {

    /**
     * @param name in Parquet
     * @param field in the record; two columns may come of one
     * @param read the type that the field is read as
     * @param expression what is written; a dot stands for the field
     */
    record Column(String name, String field, String read, String expression) {

        static Column text(String name, String field) {
            return new Column(name, field, "VARCHAR", ".");
        }

        static Column number(String name, String field, String type) {
            return new Column(name, field, type, ".");
        }

        static Column time(String name, String field) {
            return new Column(name, field, "VARCHAR", "TRY_CAST(. AS TIMESTAMPTZ)");
        }

        /** Whether DuckDB will take the field's value for one of its type. */
        boolean fits(JsonNode value) {
            return switch (read) {
                case "BIGINT" -> value.isIntegralNumber() && value.canConvertToLong();
                case "INTEGER" -> value.isIntegralNumber() && value.canConvertToInt();
                case "BOOLEAN" -> value.isBoolean();
                case "VARCHAR" -> value.isValueNode();
                default -> read.endsWith("[]") ? value.isArray() : value.isObject();
            };
        }

        String selected() {
            return expression.replace(".", '"' + field + '"') + " AS " + name;
        }
    }

    /** The fields of what rules on trial would have refused, and of what was refused in bulk; DuckDB gives them without names. */
    static final List<String> WARNED = List.of("rule", "message");

    static final List<String> OF_WHAT = List.of("verdict", "rule", "asked", "count");

    static final List<Column> RECORDS = List.of(
            Column.number("seq", "seq", "BIGINT"),
            Column.time("time", "time"),
            Column.text("type", "type"),
            Column.text("verdict", "verdict"),
            new Column("warned", "warned", structs(WARNED), "."),
            Column.text("exemption", "exemption"),
            Column.text("rule", "rule"),
            Column.text("mode", "mode"),
            Column.text("reason", "reason"),
            Column.text("kind", "kind"),
            Column.text("method", "method"),
            Column.text("asked", "asked"),
            Column.text("registry", "registry"),
            Column.text("repository", "repository"),
            Column.text("tag", "tag"),
            Column.text("digest", "digest"),
            Column.text("media_type", "mediaType"),
            Column.number("size", "size", "BIGINT"),
            Column.text("platform", "platform"),
            Column.number("tag_age", "tagAge", "BIGINT"),
            Column.text("stale", "stale"),
            Column.text("policy", "policy"),
            Column.number("settings", "settings", "BIGINT"),
            Column.text("client", "client"),
            Column.number("port", "port", "INTEGER"),
            Column.text("via", "via"),
            Column.text("principal", "principal"),
            Column.text("proof", "proof"),
            Column.text("node", "node"),
            Column.text("namespace", "namespace"),
            Column.text("service_account", "serviceAccount"),
            Column.text("agent", "agent"),
            Column.text("trace", "trace"),
            Column.text("cache", "cache"),
            Column.text("upstream", "upstream"),
            Column.text("credential", "credential"),
            Column.number("status", "status", "INTEGER"),
            Column.text("for_tag", "forTag"),
            Column.text("root", "root"),
            Column.text("image", "image"),
            Column.number("decision", "decision", "BIGINT"),
            Column.number("bytes", "bytes", "BIGINT"),
            Column.number("complete", "complete", "BOOLEAN"),
            Column.number("ms", "ms", "BIGINT"),
            Column.text("byte_range", "range"),
            Column.text("source", "source"),
            Column.number("repeats", "count", "BIGINT"),
            Column.time("since", "from"),
            Column.time("until", "to"),
            new Column("of_what", "of", structs(OF_WHAT), "."),
            Column.text("detail", "detail"));

    private static final String DESCRIPTOR = "STRUCT(digest VARCHAR, size BIGINT, \"mediaType\" VARCHAR)";
    private static final String CHILD = "STRUCT(digest VARCHAR, \"mediaType\" VARCHAR, platform VARCHAR)";

    private Columns() {}

    /** The type of a list of those; all fields are text but a count. */
    private static String structs(List<String> fields) {
        return fields.stream()
                .map(field -> field + (field.equals("count") ? " BIGINT" : " VARCHAR"))
                .collect(Collectors.joining(", ", "STRUCT(", ")[]"));
    }

    /** The columns argument of {@code read_json}: every field by its name in the record. */
    static String fields() {
        return RECORDS.stream()
                .map(column -> "'" + column.field() + "': '" + column.read().replace("'", "''") + "'")
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /** What {@code read_json} gives, as the columns are written. */
    static String selected() {
        return RECORDS.stream().map(Column::selected).collect(Collectors.joining(", "));
    }

    static String names() {
        return RECORDS.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    /** The fields of an {@code image} record. */
    static String imageFields() {
        return "{'seq': 'BIGINT', 'time': 'VARCHAR', 'digest': 'VARCHAR', 'platform': 'VARCHAR', 'config': '"
                + DESCRIPTOR + "', 'layers': '" + DESCRIPTOR + "[]', 'children': '" + CHILD + "[]'}";
    }

    /** The columns of {@link #edges}. */
    static final String EDGE =
            "seq BIGINT, time TIMESTAMPTZ, manifest VARCHAR, part VARCHAR, digest VARCHAR, size BIGINT, platform VARCHAR";

    /**
     * One row for each thing that a manifest names: {@code part} is config, layer or child. The same manifest may be there more
     * than once, since each start of the mirror writes it again.
     *
     * @param images a query for records of images, which is run once
     */
    static String edges(String images) {
        String head = "SELECT seq, TRY_CAST(time AS TIMESTAMPTZ) AS time, digest AS manifest, ";
        return "WITH images AS MATERIALIZED (" + images + ") "
                + head + "'config' AS part, config.digest AS digest, config.size AS size, platform FROM images"
                + " WHERE config.digest IS NOT NULL UNION ALL BY NAME "
                + head + "'layer' AS part, l.digest AS digest, l.size AS size, platform FROM images,"
                + " UNNEST(layers) AS u(l) UNION ALL BY NAME "
                + head
                + "'child' AS part, c.digest AS digest, CAST(NULL AS BIGINT) AS size, c.platform AS platform"
                + " FROM images, UNNEST(children) AS u(c)";
    }
}
