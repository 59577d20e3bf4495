package io.entrepot.server.audit.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An answer for a terminal: a heading, figures, a table whose columns give way where there is no room. */
final class TextTable {

    private static final int WIDEST = 200;
    private static final int NARROWEST = 6;
    private static final String BETWEEN = "  ";

    private TextTable() {}

    static void write(Answer answer, int width, Appendable out) throws IOException {
        out.append(answer.title()).append('\n');
        for (var parameter : answer.parameters().entrySet()) {
            out.append(parameter.getKey())
                    .append(": ")
                    .append(Values.shortened(Values.harmless(parameter.getValue()), WIDEST))
                    .append('\n');
        }
        for (Answer.Figure figure : answer.figures()) {
            out.append(figure.label())
                    .append(": ")
                    .append(cell(figure.kind(), figure.value()))
                    .append('\n');
        }
        out.append('\n');
        table(answer.withoutEmptyColumns(), width, out);
        if (answer.next() >= 0) {
            out.append("more: --after ").append(Long.toString(answer.next())).append('\n');
        }
    }

    private static void table(Answer answer, int width, Appendable out) throws IOException {
        List<Answer.Column> columns = answer.columns();
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(column -> heading(column.name())).toList());
        for (List<@Nullable Object> row : answer.rows()) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                cells.add(cell(columns.get(i).kind(), row.get(i)));
            }
            lines.add(cells);
        }
        int[] widths = widths(lines, columns.size(), width);
        for (List<String> line : lines) {
            out.append(line(line, columns, widths)).append('\n');
        }
        if (answer.rows().isEmpty()) {
            out.append("(none)\n");
        }
    }

    private static String heading(String name) {
        return name.replace('_', ' ').toUpperCase(Locale.ROOT);
    }

    private static String cell(Answer.Kind kind, @Nullable Object value) {
        return Values.shortened(digestless(Values.harmless(Values.shown(kind, value))), WIDEST);
    }

    /** A digest is known by its first digits; who needs all of them asks for another format. */
    private static String digestless(String text) {
        return text.startsWith("sha256:") && text.length() == 71 ? text.substring(0, 19) : text;
    }

    private static int[] widths(List<List<String>> lines, int columns, int width) {
        int[] widths = new int[columns];
        for (List<String> line : lines) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        if (width > 0) {
            squeeze(widths, width - BETWEEN.length() * Math.max(0, columns - 1));
        }
        return widths;
    }

    /** The widest column gives way first. */
    private static void squeeze(int[] widths, int room) {
        while (Arrays.stream(widths).sum() > room) {
            int widest = 0;
            for (int i = 1; i < widths.length; i++) {
                widest = widths[i] > widths[widest] ? i : widest;
            }
            if (widths[widest] <= NARROWEST) {
                return;
            }
            widths[widest]--;
        }
    }

    private static String line(List<String> cells, List<Answer.Column> columns, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = Values.shortened(cells.get(i), widths[i]);
            String pad = " ".repeat(widths[i] - cell.length());
            boolean right = columns.get(i).kind() == Answer.Kind.NUMBER
                    || columns.get(i).kind() == Answer.Kind.BYTES;
            line.append(i == 0 ? "" : BETWEEN).append(right ? pad + cell : cell + pad);
        }
        return line.toString().stripTrailing();
    }
}
