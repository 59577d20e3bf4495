package io.entrepot.server.audit.query.duck;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds the records of a page. Files are looked into from the end that is asked for, few at first, and each condition by itself,
 * since only a column that is compared with a value lets DuckDB skip what cannot fit; then the records that were found are read
 * from the files that have them.
 */
final class Pages {

    private final Duck duck;
    private final List<ParquetFiles.Part> parts;
    private final boolean newest;

    Pages(Duck duck, List<ParquetFiles.Part> parts, boolean newest) {
        this.duck = duck;
        this.parts = new ArrayList<>(parts);
        this.parts.sort(Comparator.comparingLong(ParquetFiles.Part::from));
        this.newest = newest;
        if (newest) {
            java.util.Collections.reverse(this.parts);
        }
    }

    /**
     * The first records of all that fit.
     *
     * @param branches conditions; a record fits if one holds
     * @param after the cursor; -1: from the beginning
     */
    List<Long> find(List<String> branches, long after, int limit) throws SQLException {
        TreeSet<Long> found = new TreeSet<>(newest ? Comparator.<Long>reverseOrder() : Comparator.<Long>naturalOrder());
        if (newest) {
            found.addAll(some("tail", branches, after, limit));
        }
        int size = 1;
        for (int at = 0; at < parts.size() && found.size() < limit; at += size, size = Math.min(size * 2, 128)) {
            List<ParquetFiles.Part> few = parts.subList(at, Math.min(parts.size(), at + size)).stream()
                    .filter(part -> after < 0 || (newest ? part.from() < after : part.to() > after))
                    .toList();
            if (!few.isEmpty()) {
                found.addAll(some(Deriver.parquet(few), branches, after, limit));
            }
        }
        if (!newest && found.size() < limit) {
            found.addAll(some("tail", branches, after, limit));
        }
        return found.stream().limit(limit).toList();
    }

    private List<Long> some(String table, List<String> branches, long after, int limit) throws SQLException {
        String cursor = after < 0 ? "" : " AND seq " + (newest ? "< " : "> ") + after;
        String order = " ORDER BY seq " + (newest ? "DESC" : "ASC") + " LIMIT " + limit;
        String sql = branches.stream()
                .map(branch -> "(SELECT seq FROM " + table + " WHERE " + branch + cursor + order + ")")
                .collect(Collectors.joining(" UNION "));
        return duck.rows(sql, rows -> {
            List<Long> seqs = new ArrayList<>();
            while (rows.next()) {
                seqs.add(rows.getLong(1));
            }
            return seqs;
        });
    }

    /** A table of all columns, in which those records are. */
    String holding(List<Long> seqs) {
        List<ParquetFiles.Part> some = parts.stream()
                .filter(part -> seqs.stream().anyMatch(seq -> part.from() <= seq && seq < part.to()))
                .toList();
        String tail = "SELECT * FROM tail";
        return "(" + (some.isEmpty() ? tail : "SELECT * FROM " + Deriver.parquet(some) + " UNION ALL BY NAME " + tail)
                + ")";
    }
}
