package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.Answer;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Struct;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows as values, so many of them, and so much text. */
final class RowReader {

    private static final long MOST_TEXT = 32L << 20;

    private final List<Answer.Column> columns;
    private final List<List<@Nullable Object>> rows = new ArrayList<>();
    private boolean more;

    RowReader(List<Answer.Column> columns) {
        this.columns = columns;
    }

    /** Reads until there is no row, or no room; the same as {@link #more}. */
    boolean read(ResultSet from, int limit) throws SQLException {
        long text = 0;
        while (from.next()) {
            if (rows.size() == limit || text > MOST_TEXT) {
                more = true;
                break;
            }
            List<@Nullable Object> row = new ArrayList<>(columns.size());
            for (int i = 1; i <= columns.size(); i++) {
                Object value = value(from.getObject(i));
                text += value instanceof String string ? string.length() : 16;
                row.add(value);
            }
            rows.add(row);
        }
        return more;
    }

    List<List<@Nullable Object>> rows() {
        return rows;
    }

    List<@Nullable Object> last() {
        return rows.get(rows.size() - 1);
    }

    boolean more() {
        return more;
    }

    static List<Answer.Figure> figures(ResultSet from) throws SQLException {
        List<Answer.Figure> figures = new ArrayList<>();
        if (from.next()) {
            ResultSetMetaData meta = from.getMetaData();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                String[] label = meta.getColumnLabel(i).split(":", 2);
                Answer.Kind kind = label.length > 1 ? Report.kind(label[1]) : Answer.Kind.NUMBER;
                figures.add(new Answer.Figure(label[0], kind, value(from.getObject(i))));
            }
        }
        return figures;
    }

    static List<Answer.Bar> bars(ResultSet from) throws SQLException {
        List<Answer.Bar> bars = new ArrayList<>();
        while (from.next()) {
            bars.add(new Answer.Bar(String.valueOf(from.getString(1)), from.getDouble(2)));
        }
        return bars;
    }

    private static @Nullable Object value(@Nullable Object value) throws SQLException {
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        if (value instanceof Array array) {
            return list((Object[]) array.getArray());
        }
        if (value instanceof Struct struct) {
            return map(struct);
        }
        if (value instanceof Float || value instanceof Double) {
            return ((Number) value).doubleValue();
        }
        if (value instanceof Number number) {
            return number.longValue();
        }
        return value == null || value instanceof Boolean || value instanceof Instant ? value : value.toString();
    }

    private static List<@Nullable Object> list(Object[] values) throws SQLException {
        List<@Nullable Object> list = new ArrayList<>(values.length);
        for (Object each : values) {
            list.add(value(each));
        }
        return list;
    }

    private static Map<String, @Nullable Object> map(Struct struct) throws SQLException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        Object[] values = struct.getAttributes();
        List<String> names = values.length == Columns.WARNED.size() ? Columns.WARNED : Columns.OF_WHAT;
        for (int i = 0; i < values.length; i++) {
            Object value = value(values[i]);
            if (value != null) {
                map.put(names.get(i), value);
            }
        }
        return map;
    }
}
