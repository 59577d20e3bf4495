package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.entrepot.server.audit.query.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Makes Parquet of records: {@code parquet/date=…} has one row for each record, {@code layers/date=…} one for each thing that a
 * manifest names, and {@code pulls/date=…} one for each pull that began on a day that is over (see {@code pulls.sql}). All can be
 * thrown away and made again as far as there are records.
 *
 * <p>A step writes the files of a batch beside their names, renames them, and then moves the marker {@code parquet/_derived} (the
 * first seq that is not derived, as a decimal) on by a rename. Files beyond the marker are removed before the next step, so that
 * whatever ends a step leaves each record in one file or in none. Where there is no marker, all is derived again that can be.
 */
final class Deriver {

    /** Text of records in one batch. */
    private static final long BATCH = 128L << 20;

    private static final int MOST_PARTS = 8;
    private static final String WRITTEN =
            " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 6, ROW_GROUP_SIZE 122880)";

    private final Duck duck;
    private final Path directory;
    private final ParquetFiles records;
    private final ParquetFiles layers;
    private final ParquetFiles pulls;
    private final long batchBytes;

    Deriver(Duck duck, Path directory) {
        this(duck, directory, BATCH);
    }

    Deriver(Duck duck, Path directory, long batchBytes) {
        this.duck = duck;
        this.directory = directory;
        this.records = new ParquetFiles(directory.resolve("parquet"));
        this.layers = new ParquetFiles(directory.resolve("layers"));
        this.pulls = new ParquetFiles(directory.resolve("pulls"));
        this.batchBytes = batchBytes;
    }

    ParquetFiles records() {
        return records;
    }

    ParquetFiles layers() {
        return layers;
    }

    ParquetFiles pulls() {
        return pulls;
    }

    /** The first seq that is not derived. */
    long derived() throws IOException {
        try {
            return Long.parseLong(Files.readString(marker(), US_ASCII).strip());
        } catch (NoSuchFileException | NumberFormatException e) {
            return 0;
        }
    }

    private Path marker() {
        return directory.resolve("parquet/_derived");
    }

    /** Derives all that is there now, and merges small files of days. */
    long derive(Records source) throws IOException, SQLException {
        return derive(source, MOST_PARTS);
    }

    /** The same, into one file for each day, the one that goes on included. */
    long deriveWholeDays(Records source) throws IOException, SQLException {
        return derive(source, 1);
    }

    private long derive(Records source, int partsOfToday) throws IOException, SQLException {
        Files.createDirectories(records.root());
        Files.createDirectories(layers.root());
        Files.createDirectories(pulls.root());
        long next = standing(source).next();
        for (long end = source.end(); next < end; ) {
            next = step(source, next, end);
        }
        merge(records, partsOfToday);
        merge(layers, partsOfToday);
        gather();
        terms().bring(over());
        return next;
    }

    /**
     * What is derived, and can be relied on.
     *
     * @param next the first seq that is to be derived
     */
    record Standing(
            long next,
            List<ParquetFiles.Part> records,
            List<ParquetFiles.Part> layers,
            List<ParquetFiles.Part> pulls) {}

    /** Removes files that cannot be relied on. */
    Standing standing(Records source) throws IOException {
        // Without a marker what lies below the first record cannot be made again, and stays. One beyond the end is of
        // another log.
        long first = source.first();
        long marked = Files.exists(marker()) ? derived() : first;
        long next = marked <= source.end() ? marked : first;
        // Which layers an image has stays also when its record was pruned: images of today rest on it.
        return new Standing(
                Math.max(next, first),
                records.trusted(next, first),
                layers.trusted(next, 0),
                pulls.trusted(next, first));
    }

    /** Of each table the files of days that are over. */
    private List<TermsFile.Entry> over() throws IOException {
        List<TermsFile.Entry> over = new ArrayList<>();
        for (ParquetFiles table : List.of(records, layers, pulls)) {
            List<ParquetFiles.Part> parts = table.parts();
            String last = parts.isEmpty() ? "" : parts.get(parts.size() - 1).day();
            parts.stream()
                    .filter(part -> table.equals(pulls) || !part.day().equals(last))
                    .forEach(part -> over.add(new TermsFile.Entry(table.name(), part)));
        }
        return over;
    }

    private TermsFile terms() {
        return new TermsFile(duck, termsFile());
    }

    Path termsFile() {
        return directory.resolve("parquet/_terms");
    }

    private long step(Records source, long from, long end) throws IOException, SQLException {
        Path lines = directory.resolve("parquet/_batch.json");
        try {
            long to = Batch.write(source, from, end, batchBytes, lines, false, Needles.NONE)
                    .next();
            if (!load("batch", lines, to - from)) {
                Batch.write(source, from, to, Long.MAX_VALUE, lines, true, Needles.NONE);
                if (!load("batch", lines, to - from)) {
                    throw new IOException("records " + from + " to " + (to - 1) + " cannot be read as JSON lines");
                }
            }
            write(from, to, lines);
            mark(to);
            return to;
        } finally {
            duck.run("DROP TABLE IF EXISTS batch");
            Files.deleteIfExists(lines);
        }
    }

    /** Makes a table of lines; false: not every one was understood, or one was taken for another record. */
    boolean load(String table, Path lines, long expected) throws SQLException {
        try {
            duck.run("CREATE OR REPLACE TABLE " + table + " AS SELECT " + Columns.selected() + " FROM "
                    + json(lines, Columns.fields()));
            return duck.number("SELECT count(DISTINCT seq) FROM " + table) == expected;
        } catch (SQLException e) {
            if (String.valueOf(e.getMessage()).contains("JSON")
                    || String.valueOf(e.getMessage()).contains("Conversion")) {
                return false;
            }
            throw e;
        }
    }

    static String json(Path lines, String fields) {
        return "read_json(" + Duck.text(lines.toString()) + ", format='newline_delimited', columns=" + fields + ")";
    }

    /** A query for the records among the lines that say what manifests name. */
    static String images(Path lines) {
        return "SELECT * FROM " + json(lines, Columns.imageFields()) + " WHERE digest IS NOT NULL";
    }

    private void write(long from, long to, Path lines) throws IOException, SQLException {
        for (String day : duck.texts("SELECT DISTINCT " + day() + " FROM batch ORDER BY 1")) {
            copy(records, day, from, to, "SELECT * FROM batch WHERE " + day() + " = '" + day + "' ORDER BY seq");
        }
        if (duck.number("SELECT count(*) FROM batch WHERE type = 'image'") > 0) {
            duck.run("CREATE OR REPLACE TABLE edges AS " + Columns.edges(images(lines)));
            for (String day : duck.texts("SELECT DISTINCT " + day() + " FROM edges ORDER BY 1")) {
                copy(
                        layers,
                        day,
                        from,
                        to,
                        "SELECT * FROM edges WHERE " + day() + " = '" + day + "' ORDER BY seq, part, digest");
            }
            duck.run("DROP TABLE edges");
        }
    }

    /** A record whose time cannot be read is of the first day there is. */
    private static String day() {
        return "coalesce(strftime(CAST(time AS TIMESTAMP), '%Y-%m-%d'), '1970-01-01')";
    }

    private void copy(ParquetFiles table, String day, long from, long to, String rows)
            throws IOException, SQLException {
        Path written = table.temporary(day);
        duck.run("COPY (" + rows + ") TO " + Duck.text(written.toString()) + WRITTEN);
        table.commit(day, written, from, to);
    }

    private void mark(long next) throws IOException {
        Path written = directory.resolve("parquet/_derived.new");
        Files.writeString(written, next + "\n", US_ASCII);
        ParquetFiles.force(written, StandardOpenOption.WRITE);
        Files.move(written, marker(), StandardCopyOption.ATOMIC_MOVE);
        ParquetFiles.force(records.root(), StandardOpenOption.READ);
    }

    /** A day that is over becomes one file, one that goes on keeps a few. */
    private void merge(ParquetFiles table, int partsOfToday) throws IOException, SQLException {
        TreeMap<String, List<ParquetFiles.Part>> days = new TreeMap<>();
        for (ParquetFiles.Part part : table.parts()) {
            days.computeIfAbsent(part.day(), day -> new ArrayList<>()).add(part);
        }
        for (var day : days.entrySet()) {
            boolean last = day.getKey().equals(days.lastKey());
            if (day.getValue().size() > (last ? partsOfToday : 1)) {
                merge(table, day.getKey(), day.getValue());
            }
        }
    }

    private void merge(ParquetFiles table, String day, List<ParquetFiles.Part> parts) throws IOException, SQLException {
        long from = parts.stream().mapToLong(ParquetFiles.Part::from).min().orElseThrow();
        long to = parts.stream().mapToLong(ParquetFiles.Part::to).max().orElseThrow();
        copy(table, day, from, to, "SELECT * FROM " + parquet(parts) + " ORDER BY seq");
        for (ParquetFiles.Part part : parts) {
            if (part.from() != from || part.to() != to) {
                Files.delete(part.path());
            }
        }
    }

    /** Pulls of days that are over, and some hours with them; again where records of such a day came later. */
    private void gather() throws IOException, SQLException {
        List<ParquetFiles.Part> parts = records.parts();
        if (parts.isEmpty()) {
            return;
        }
        Instant latest = Instant.parse(duck.texts(
                        "SELECT coalesce(strftime(max(time)::TIMESTAMP, '%Y-%m-%dT%H:%M:%SZ'), '1970-01-01T00:00:00Z') FROM "
                                + parquet(parts.subList(Math.max(0, parts.size() - MOST_PARTS), parts.size())))
                .get(0));
        List<ParquetFiles.Part> gathered = pulls.parts();
        for (String day : parts.stream().map(ParquetFiles.Part::day).distinct().toList()) {
            long to = parts.stream()
                    .filter(part -> part.day().equals(day))
                    .mapToLong(ParquetFiles.Part::to)
                    .max()
                    .orElseThrow();
            Instant start = LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant();
            boolean over = !latest.isBefore(start.plus(PullTable.DAY).plus(PullTable.AFTER));
            if (over && gathered.stream().noneMatch(part -> part.day().equals(day) && part.to() >= to)) {
                gather(parts, day, start, to);
            }
        }
    }

    private void gather(List<ParquetFiles.Part> parts, String day, Instant start, long to)
            throws IOException, SQLException {
        String before = LocalDate.parse(day).minusDays(1).toString();
        String after = LocalDate.parse(day).plusDays(1).toString();
        List<ParquetFiles.Part> near = parts.stream()
                .filter(part -> part.day().compareTo(before) >= 0 && part.day().compareTo(after) <= 0)
                .toList();
        long from = parts.stream()
                .filter(part -> part.day().equals(day))
                .mapToLong(ParquetFiles.Part::from)
                .min()
                .orElseThrow();
        String made = PullTable.sql(parquet(near), start, start.plus(PullTable.DAY), "true", "true");
        copy(pulls, day, from, to, made + " ORDER BY pull");
    }

    /** The files as a table; there must be one. */
    static String parquet(List<ParquetFiles.Part> parts) {
        return parts.stream()
                .map(part -> Duck.text(part.path().toString()))
                .collect(java.util.stream.Collectors.joining(", ", "read_parquet([", "], hive_partitioning=false)"));
    }
}
