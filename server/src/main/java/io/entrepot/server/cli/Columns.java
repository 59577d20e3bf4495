package io.entrepot.server.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows under a heading, each column as wide as its widest cell: names to the left, numbers to the right. */
final class Columns {

    private final List<String> head;
    private final int names;
    private final List<List<String>> rows = new ArrayList<>();
    private final List<List<String>> remarks = new ArrayList<>();

    /** @param names so many columns hold names, those behind them numbers */
    Columns(int names, List<String> head) {
        this.names = names;
        this.head = List.copyOf(head);
    }

    /** @param under lines that are printed below the row */
    void add(List<String> row, List<String> under) {
        rows.add(List.copyOf(row));
        remarks.add(List.copyOf(under));
    }

    /** Behind an empty line; nothing if there are no rows. */
    void print(PrintWriter out) {
        if (rows.isEmpty()) {
            return;
        }
        int[] widths = new int[head.size()];
        measure(widths, head);
        rows.forEach(row -> measure(widths, row));
        out.println();
        out.println(line(widths, head));
        for (int i = 0; i < rows.size(); i++) {
            out.println(line(widths, rows.get(i)));
            remarks.get(i).forEach(remark -> out.println("  " + remark));
        }
    }

    private static void measure(int[] widths, List<String> cells) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], cells.get(i).length());
        }
    }

    private String line(int[] widths, List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            String gap = " ".repeat(widths[i] - cell.length());
            line.append(i == 0 ? "" : "  ").append(i < names ? cell + gap : gap + cell);
        }
        return line.toString().stripTrailing();
    }
}
