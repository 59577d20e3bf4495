package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Records that are known by their numbers, with all columns. A few come from the log itself, where each costs one bundle; in
 * Parquet every column of every row beside them would have to be read. More, and those that the log cannot give one by one, come
 * from Parquet, and the newest from the tail.
 */
final class Picked {

    private static final int FEW = 1_000;

    private final Deriver deriver;
    private final Path lines;

    Picked(Deriver deriver) {
        this.deriver = deriver;
        this.lines = deriver.records().root().resolve("_picked.json");
    }

    /**
     * A table that has them.
     *
     * @param derived numbers below this are in Parquet, and no other
     */
    String table(Records source, List<Long> seqs, long derived, List<ParquetFiles.Part> parts)
            throws IOException, SQLException {
        long first = source.first();
        long sealed = Math.min(derived, source.sealed());
        SortedSet<Long> single = new TreeSet<>(
                seqs.stream().filter(seq -> first <= seq && seq < sealed).toList());
        boolean read = !single.isEmpty() && single.size() <= FEW && read(source, single);
        List<Long> rest = seqs.stream()
                .filter(seq -> seq < derived && !(read && single.contains(seq)))
                .toList();
        List<String> tables = new ArrayList<>(List.of("SELECT * FROM tail WHERE seq IN " + in(seqs)));
        if (read) {
            tables.add("SELECT * FROM picked");
        }
        if (!rest.isEmpty()) {
            List<ParquetFiles.Part> some = parts.stream()
                    .filter(part -> rest.stream().anyMatch(seq -> part.from() <= seq && seq < part.to()))
                    .toList();
            tables.add("SELECT * FROM " + Deriver.parquet(some) + " WHERE seq IN " + in(rest));
        }
        return "(" + String.join(" UNION ALL BY NAME ", tables) + ")";
    }

    private static String in(List<Long> seqs) {
        return seqs.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
    }

    /** False if they cannot be read so. */
    private boolean read(Records source, SortedSet<Long> seqs) throws IOException, SQLException {
        try {
            Batch.pick(source, seqs, lines, false);
            if (deriver.load("picked", lines, seqs.size())) {
                return true;
            }
            Batch.pick(source, seqs, lines, true);
            return deriver.load("picked", lines, seqs.size());
        } finally {
            Files.deleteIfExists(lines);
        }
    }
}
