package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/**
 * What reports select from: {@code records} and {@code history} (those of the days that were asked for, and all before their end),
 * {@code layers}, made of Parquet and of the records that are not derived yet.
 */
final class Tables {

    /** Text of records that a question reads beside Parquet; what is more is derived first. */
    private static final long TAIL = 64L << 20;

    private static final long MARGIN_DAYS = 1;

    private final Duck duck;
    private final Deriver deriver;
    private final Path directory;

    Tables(Duck duck, Path directory) {
        this.duck = duck;
        this.deriver = new Deriver(duck, directory);
        this.directory = directory;
    }

    Deriver deriver() {
        return deriver;
    }

    /** Makes them, for a time from {@code from} to {@code to}. */
    void open(Records source, Instant from, Instant to) throws IOException, SQLException {
        tail(source);
        List<ParquetFiles.Part> parts = deriver.records().parts();
        String first = day(from, -MARGIN_DAYS);
        String last = day(to, MARGIN_DAYS);
        List<ParquetFiles.Part> known =
                parts.stream().filter(part -> part.day().compareTo(last) <= 0).toList();
        view("history", known, "tail");
        view(
                "records",
                known.stream().filter(part -> part.day().compareTo(first) >= 0).toList(),
                "tail");
        view("layers", deriver.layers().parts(), "tail_layers");
    }

    /** A year that no clock has is the last or the first of all. */
    private static String day(Instant time, long days) {
        LocalDate day = time.atZone(ZoneOffset.UTC).toLocalDate();
        return day.getYear() >= 9000 || day.getYear() <= 1970
                ? day.toString()
                : day.plusDays(days).toString();
    }

    private void view(String name, List<ParquetFiles.Part> parts, String tail) throws SQLException {
        String derived = parts.isEmpty() ? "" : "SELECT * FROM " + Deriver.parquet(parts) + " UNION ALL BY NAME ";
        duck.run("CREATE OR REPLACE TEMP VIEW " + name + " AS " + derived + "SELECT * FROM " + tail);
    }

    private void tail(Records source) throws IOException, SQLException {
        long from = deriver.trusted(source);
        Files.createDirectories(deriver.records().root());
        Path lines = directory.resolve("parquet/_tail.json");
        try {
            long end = source.end();
            long read = Batch.write(source, from, end, TAIL, lines, false);
            if (read < end) {
                from = deriver.derive(source);
                end = source.end();
                Batch.write(source, from, end, Long.MAX_VALUE, lines, false);
            }
            if (!deriver.load("tail", lines, end - from)) {
                Batch.write(source, from, end, Long.MAX_VALUE, lines, true);
                deriver.load("tail", lines, end - from);
            }
            duck.run("CREATE OR REPLACE TEMP VIEW images AS SELECT * FROM "
                    + Deriver.json(lines, Columns.imageFields()));
            duck.run("CREATE OR REPLACE TABLE tail_layers AS "
                    + Columns.edges("(SELECT * FROM images WHERE digest IS NOT NULL)"));
            duck.run("DROP VIEW images");
        } finally {
            Files.deleteIfExists(lines);
        }
    }
}
