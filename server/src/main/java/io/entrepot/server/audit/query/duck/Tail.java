package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** The records that are not derived yet, as the tables {@code tail} and {@code tail_layers}. */
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

    /** Makes the tables; returns what they begin behind. */
    Deriver.Standing open(Records source) throws IOException, SQLException {
        Deriver.Standing standing = deriver.standing(source);
        Files.createDirectories(deriver.records().root());
        try {
            long end = source.end();
            Batch.Written written = Batch.write(source, standing.next(), end, MOST, lines, false, needles);
            if (written.next() < end) {
                deriver.derive(source);
                standing = deriver.standing(source);
                end = source.end();
                written = Batch.write(source, standing.next(), end, Long.MAX_VALUE, lines, false, needles);
            }
            read(source, standing.next(), end, written.lines());
            return standing;
        } finally {
            Files.deleteIfExists(lines);
        }
    }

    private void read(Records source, long from, long end, long expected) throws IOException, SQLException {
        if (!deriver.load("tail", lines, expected)) {
            Batch.Written written = Batch.write(source, from, end, Long.MAX_VALUE, lines, true, needles);
            if (!deriver.load("tail", lines, written.lines())) {
                throw new IOException("records " + from + " to " + (end - 1) + " cannot be read as JSON lines");
            }
        }
        if (duck.number("SELECT count(*) FROM tail WHERE type = 'image'") == 0) {
            duck.run("CREATE OR REPLACE TABLE tail_layers (" + Columns.EDGE + ")");
        } else {
            duck.run("CREATE OR REPLACE TABLE tail_layers AS " + Columns.edges(Deriver.images(lines)));
        }
    }
}
