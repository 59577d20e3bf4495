package io.entrepot.server.audit.query;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer as CSV after RFC 4180: a header, lines that end with CR LF, quotes where they are needed. Text that a spreadsheet
 * would take for a formula, since it begins with {@code = + - @}, a tab or a carriage return, gets an apostrophe in front, which a
 * spreadsheet does not show. Numbers stay numbers.
 */
final class CsvTable {

    private static final String FORMULA = "=+-@\t\r\uff1d\uff0b\uff0d\uff20";

    private CsvTable() {}

    static void write(Answer answer, Appendable out) throws IOException {
        line(answer.columns().stream().map(column -> quoted(column.name())).toList(), out);
        for (List<@Nullable Object> row : answer.rows()) {
            line(row.stream().map(CsvTable::cell).toList(), out);
        }
    }

    private static void line(List<String> cells, Appendable out) throws IOException {
        out.append(String.join(",", cells)).append("\r\n");
    }

    private static String cell(@Nullable Object value) {
        if (value instanceof Number || value instanceof Boolean || value instanceof Instant) {
            return value.toString();
        }
        String text = Values.plain(value);
        return quoted(!text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text);
    }

    private static String quoted(String text) {
        boolean needed = text.chars()
                .anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n' || c == '\'' || c == ';' || c == '\t');
        return needed ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
