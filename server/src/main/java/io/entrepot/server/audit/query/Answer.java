package io.entrepot.server.audit.query;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows with a heading, for every format.
 *
 * @param name of the report, or {@code query}
 * @param title in words
 * @param about what it says, in one or two sentences
 * @param parameters what was asked for, in the order in which it is shown
 * @param figures the few numbers that say most
 * @param charts drawn where there are pictures
 * @param columns of the rows
 * @param rows one value for each column; a value is a String, Long, Double, Boolean, Instant, a List or a Map of them, or null
 *     where there is none
 * @param next the cursor of the next page; -1: this was the last
 */
public record Answer(
        String name,
        String title,
        String about,
        Map<String, String> parameters,
        List<Figure> figures,
        List<Chart> charts,
        List<Column> columns,
        List<List<@Nullable Object>> rows,
        long next) {

    public Answer {
        figures = List.copyOf(figures);
        charts = List.copyOf(charts);
        columns = List.copyOf(columns);
    }

    /** Without the columns in which no row has anything; all of them where there is no row. */
    Answer withoutEmptyColumns() {
        int[] kept = IntStream.range(0, columns.size())
                .filter(i -> rows.isEmpty()
                        || rows.stream()
                                .anyMatch(row -> !Values.plain(row.get(i)).isEmpty()))
                .toArray();
        List<List<@Nullable Object>> left = new ArrayList<>();
        for (List<@Nullable Object> row : rows) {
            List<@Nullable Object> cells = new ArrayList<>();
            for (int i : kept) {
                cells.add(row.get(i));
            }
            left.add(cells);
        }
        List<Column> some = Arrays.stream(kept).mapToObj(columns::get).toList();
        return new Answer(name, title, about, parameters, figures, charts, some, left, next);
    }

    /** What a column holds, by which it is aligned and written. */
    public enum Kind {
        TEXT,
        NUMBER,
        BYTES,
        TIME,
        YES_NO
    }

    /**
     * One thing that is said of each row.
     *
     * @param name as in JSON and CSV: lower case, underscores
     * @param meaning in one line
     */
    public record Column(String name, Kind kind, String meaning) {}

    /** One number that says much. */
    public record Figure(String label, Kind kind, @Nullable Object value) {}

    /** Bars with a label each: ranked ones lie, those of days stand. */
    public record Chart(String title, boolean days, Kind kind, List<Bar> bars) {
        public Chart {
            bars = List.copyOf(bars);
        }
    }

    public record Bar(String label, double value) {}
}
