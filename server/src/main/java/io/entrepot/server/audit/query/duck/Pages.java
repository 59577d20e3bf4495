package io.entrepot.server.audit.query.duck;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds the records of a page. Files are looked into from the end that is asked for, no more at once than are needed as far as
 * that is known, and each condition by itself, since only a column that is compared with a value lets DuckDB skip what cannot
 * fit.
 */
final class Pages {

    static final long UNKNOWN = -1;

    private static final int MOST_FILES = 128;

    /**
     * A file that can have records that fit.
     *
     * @param atMost so many; {@link #UNKNOWN} if that is not known
     */
    record Candidate(ParquetFiles.Part part, long atMost) {}

    private final Duck duck;
    private final List<Candidate> candidates;
    private final boolean newest;

    Pages(Duck duck, List<Candidate> candidates, boolean newest) {
        this.duck = duck;
        this.candidates = new ArrayList<>(candidates);
        this.candidates.sort(
                Comparator.comparingLong(candidate -> candidate.part().from()));
        this.newest = newest;
        if (newest) {
            Collections.reverse(this.candidates);
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
        List<Candidate> left = candidates.stream()
                .filter(each -> after < 0
                        || (newest ? each.part().from() < after : each.part().to() > after))
                .toList();
        int times = 1;
        while (!left.isEmpty() && found.size() < limit) {
            List<ParquetFiles.Part> next = next(left, (long) times * (limit - found.size()), times);
            found.addAll(some(Deriver.parquet(next), branches, after, limit));
            left = left.subList(next.size(), left.size());
            times = Math.min(times * 2, MOST_FILES);
        }
        if (!newest && found.size() < limit) {
            found.addAll(some("tail", branches, after, limit));
        }
        return found.stream().limit(limit).toList();
    }

    /**
     * As many files as it takes to find so many records, or so many files of which nothing is known. Where several values are
     * asked for together, fewer records fit than the files have of each: so more is wanted each time.
     */
    private static List<ParquetFiles.Part> next(List<Candidate> left, long wanted, int mostUnknown) {
        List<ParquetFiles.Part> next = new ArrayList<>();
        long expected = 0;
        int unknown = 0;
        for (Candidate candidate : left) {
            if (expected >= wanted || unknown == mostUnknown || next.size() == MOST_FILES) {
                break;
            }
            next.add(candidate.part());
            expected += Math.max(0, candidate.atMost());
            unknown += candidate.atMost() == UNKNOWN ? 1 : 0;
        }
        return next;
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
}
