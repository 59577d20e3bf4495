package io.entrepot.server.audit.query;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Parquet file of one day, as it lies in a log's directory: {@code parquet/date=2026-11-27/r-…-….parquet}.
 *
 * @param table as others call it: {@code records}, {@code layers} or {@code pulls}
 * @param day by UTC, as in 2026-11-27
 * @param from the first record that it was made of
 * @param to the first behind them
 */
public record DerivedFile(String table, String day, long from, long to, Path path) {

    private static final Map<String, String> TABLES =
            new TreeMap<>(Map.of("parquet", "records", "layers", "layers", "pulls", "pulls"));
    private static final Pattern NAME = Pattern.compile("r-([0-9a-f]{16})-([0-9a-f]{16})\\.parquet");
    private static final Pattern DAY = Pattern.compile("date=([0-9]{4}-[0-9]{2}-[0-9]{2})");

    /** What a file's name says of the records in it: the first, and the first behind them; empty: it is none of ours. */
    public static Optional<long[]> range(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                ? Optional.of(new long[] {Long.parseLong(matcher.group(1), 16), Long.parseLong(matcher.group(2), 16)})
                : Optional.empty();
    }

    /** All of a log, by table, day and record. What is merged meanwhile may be gone when it is opened. */
    public static List<DerivedFile> all(Path log) throws IOException {
        List<DerivedFile> all = new ArrayList<>();
        for (Map.Entry<String, String> table : TABLES.entrySet()) {
            for (Path directory : list(log.resolve(table.getKey()))) {
                Matcher day = DAY.matcher(String.valueOf(directory.getFileName()));
                if (day.matches()) {
                    files(table.getValue(), day.group(1), directory).forEach(all::add);
                }
            }
        }
        all.sort(Comparator.comparing(DerivedFile::table)
                .thenComparing(DerivedFile::day)
                .thenComparingLong(DerivedFile::from)
                .thenComparingLong(file -> -file.to()));
        return all;
    }

    private static Stream<DerivedFile> files(String table, String day, Path directory) throws IOException {
        return list(directory).stream()
                .flatMap(file -> range(String.valueOf(file.getFileName()))
                        .map(range -> new DerivedFile(table, day, range[0], range[1], file))
                        .stream());
    }

    private static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
