package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * The records that are not derived yet, as the tables {@code tail} and {@code tail_layers}. They stay in the database: the next
 * question adds what came since. What is in them whole is said by {@code tail_kept}, one row or none.
 */
final class Tail {

    /** Text of records that a question reads beside Parquet; what is more is derived first. */
    private static final long MOST = 64L << 20;

    private final Duck duck;
    private final Deriver deriver;
    private final Needles needles;
    private final Path lines;

    /** @param needles of records that matter */
    Tail(Duck duck, Deriver deriver, Needles needles) {
        this.duck = duck;
        this.deriver = deriver;
        this.needles = needles;
        this.lines = deriver.records().root().resolve("_tail.json");
    }

    /**
     * What is in the tables: every record from {@code from} on, below {@code next}.
     *
     * @param bytes of text that it was read from
     */
    private record Kept(long from, long next, long bytes) {

        static Kept nothing(long from) {
            return new Kept(from, from, 0);
        }

        boolean isEmpty() {
            return from == next;
        }
    }

    /** Makes the tables; returns what they begin behind. */
    Deriver.Standing open(Records source) throws IOException, SQLException {
        Files.createDirectories(deriver.records().root());
        duck.run("CREATE TABLE IF NOT EXISTS tail_kept (first BIGINT, next BIGINT, bytes BIGINT)");
        Deriver.Standing standing = deriver.standing(source);
        try {
            if (!bring(source, standing.next(), MOST)) {
                deriver.derive(source);
                standing = deriver.standing(source);
                bring(source, standing.next(), Long.MAX_VALUE);
            }
            return standing;
        } finally {
            Files.deleteIfExists(lines);
        }
    }

    /** False if that would be more text than this. */
    private boolean bring(Records source, long from, long mostBytes) throws IOException, SQLException {
        long end = source.end();
        Kept kept = kept(from, end);
        boolean whole = !kept.isEmpty() || needles.equals(Needles.NONE);
        Needles wanted = whole ? Needles.NONE : needles;
        Batch.Written written = Batch.write(source, kept.next(), end, mostBytes - kept.bytes(), lines, false, wanted);
        if (written.next() < end) {
            return false;
        }
        if (kept.isEmpty() || written.lines() > 0) {
            duck.run("DELETE FROM tail_kept");
            read(source, kept, end, written.lines(), wanted);
            if (whole) {
                long bytes = kept.bytes() + Files.size(lines);
                duck.run("INSERT INTO tail_kept VALUES (" + from + ", " + end + ", " + bytes + ")");
            }
        }
        return true;
    }

    private Kept kept(long from, long end) throws SQLException {
        return duck.rows("SELECT first, next, bytes FROM tail_kept", rows -> {
            boolean fits = rows.next() && rows.getLong(1) == from && rows.getLong(2) <= end;
            return fits ? new Kept(from, rows.getLong(2), rows.getLong(3)) : Kept.nothing(from);
        });
    }

    private void read(Records source, Kept kept, long end, long expected, Needles wanted)
            throws IOException, SQLException {
        String table = kept.isEmpty() ? "tail" : "more";
        if (!deriver.load(table, lines, expected)) {
            Batch.Written written = Batch.write(source, kept.next(), end, Long.MAX_VALUE, lines, true, wanted);
            if (!deriver.load(table, lines, written.lines())) {
                throw new IOException("records " + kept.next() + " to " + (end - 1) + " cannot be read as JSON lines");
            }
        }
        if (kept.isEmpty()) {
            duck.run("CREATE OR REPLACE TABLE tail_layers (" + Columns.EDGE + ")");
        } else {
            duck.run("INSERT INTO tail BY NAME SELECT * FROM more");
        }
        if (duck.number("SELECT count(*) FROM " + table + " WHERE type = 'image'") > 0) {
            duck.run("INSERT INTO tail_layers BY NAME " + Columns.edges(Deriver.images(lines)));
        }
    }
}
