package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Brings {@code parquet/_terms} ({@link Terms}) up to the Parquet files that are there. */
final class TermsFile {

    /** So many files are read before what was read is written. */
    private static final int AT_ONCE = 90;

    private final Duck duck;
    private final Path file;

    TermsFile(Duck duck, Path file) {
        this.duck = duck;
        this.file = file;
    }

    /** A Parquet file that is to be in it. */
    record Entry(String table, ParquetFiles.Part part) {
        String line() {
            return Terms.line(table, part);
        }
    }

    private record Row(long hash, int line, long rows) implements Comparable<Row> {
        @Override
        public int compareTo(Row other) {
            int hashes = Long.compare(hash, other.hash);
            return hashes != 0 ? hashes : Integer.compare(line, other.line);
        }
    }

    /** Adds those that are not in it, and forgets what is not among them any more. */
    void bring(List<Entry> all) throws IOException, SQLException {
        Terms known = Terms.open(file);
        List<Entry> old = all.stream()
                .filter(each -> known.knows(each.table(), each.part()))
                .toList();
        List<Entry> added = all.stream()
                .filter(each -> !known.knows(each.table(), each.part()))
                .toList();
        List<Entry> have = new ArrayList<>(old);
        boolean same = old.size() == known.lines().size();
        for (int at = 0; at < added.size() || !same; at += AT_ONCE) {
            List<Entry> some = added.subList(Math.min(at, added.size()), Math.min(at + AT_ONCE, added.size()));
            write(have, some);
            have.addAll(some);
            same = true;
        }
    }

    private void write(List<Entry> have, List<Entry> added) throws IOException, SQLException {
        Terms known = Terms.open(file);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < added.size(); i++) {
            read(added.get(i), have.size() + i, rows);
        }
        Row[] sorted = rows.toArray(Row[]::new);
        Arrays.sort(sorted);
        Path written = file.resolveSibling(file.getFileName() + ".new");
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(written), 1 << 16))) {
            out.write(head(have, added));
            merge(known, have, sorted, out);
        }
        ParquetFiles.force(written, StandardOpenOption.WRITE);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void read(Entry entry, int line, List<Row> into) throws SQLException {
        String from = " FROM " + Deriver.parquet(List.of(entry.part())) + " GROUP BY 2";
        List<String> counts = new ArrayList<>();
        for (Term.Field field : Term.Field.values()) {
            for (String column : field.columns(entry.table())) {
                counts.add("SELECT '" + field + "' AS field, " + column + " AS value, count(*) AS n" + from);
            }
        }
        String sum = "SELECT field, value, sum(n)::BIGINT FROM (" + String.join(" UNION ALL ", counts)
                + ") WHERE value IS NOT NULL GROUP BY 1, 2";
        duck.rows(sum, rows -> {
            while (rows.next()) {
                Term term = new Term(Term.Field.valueOf(rows.getString(1)), rows.getString(2));
                into.add(new Row(term.hash(), line, rows.getLong(3)));
            }
            return into;
        });
    }

    private static byte[] head(List<Entry> have, List<Entry> added) {
        StringBuilder head = new StringBuilder(Terms.MAGIC).append('\n');
        have.forEach(each -> head.append(each.line()).append('\n'));
        added.forEach(each -> head.append(each.line()).append('\n'));
        while (head.length() % Long.BYTES != Long.BYTES - 1) {
            head.append(' ');
        }
        return head.append('\n').toString().getBytes(US_ASCII);
    }

    /** Old entries with the new numbers of their lines, and new ones, in order. */
    private static void merge(Terms known, List<Entry> have, Row[] added, DataOutputStream out) throws IOException {
        Map<String, Integer> numbers = new HashMap<>();
        have.forEach(each -> numbers.put(each.line(), numbers.size()));
        int[] renumbered = known.lines().stream()
                .mapToInt(line -> numbers.getOrDefault(line, -1))
                .toArray();
        LongBuffer entries = known.entries();
        int next = 0;
        for (int at = 0; at + 1 < entries.limit(); at += 2) {
            long hash = entries.get(at);
            int line = renumbered[(int) (entries.get(at + 1) >>> 32)];
            if (line >= 0) {
                for (; next < added.length && added[next].hash() < hash; next++) {
                    put(added[next].hash(), added[next].line(), added[next].rows(), out);
                }
                put(hash, line, entries.get(at + 1) & 0xFFFFFFFFL, out);
            }
        }
        for (; next < added.length; next++) {
            put(added[next].hash(), added[next].line(), added[next].rows(), out);
        }
    }

    private static void put(long hash, int line, long rows, DataOutputStream out) throws IOException {
        out.writeLong(hash);
        out.writeInt(line);
        out.writeInt((int) Math.min(rows, 0xFFFFFFFFL));
    }
}
