package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.DerivedFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The Parquet files of one table, a directory for each day by UTC. A file's name says which records it was made of:
 * {@code date=2026-11-27/r-00000000000003e8-00000000000007d0.parquet} has those of that day with 1000 ≤ seq < 2000. A file whose
 * records are within those of another one of its day was merged into that, and is gone soon. What begins with an underscore
 * is being written; readers of Hive's layout leave it alone.
 */
record ParquetFiles(Path root) {

    private static final String DAY = "date=";

    /** @param day as in 2026-11-27 */
    record Part(Path path, String day, long from, long to) {

        boolean within(Part other) {
            return !equals(other) && other.from <= from && to <= other.to && day.equals(other.day);
        }
    }

    static String name(long from, long to) {
        return String.format("r-%016x-%016x.parquet", from, to);
    }

    /** Those that count, by day and then by seq. */
    List<Part> parts() throws IOException {
        List<Part> all = all();
        Map<String, List<Part>> days = new TreeMap<>();
        all.forEach(part ->
                days.computeIfAbsent(part.day(), day -> new ArrayList<>()).add(part));
        List<Part> parts = new ArrayList<>();
        for (List<Part> day : days.values()) {
            day.stream().filter(part -> day.stream().noneMatch(part::within)).forEach(parts::add);
        }
        return parts;
    }

    private List<Part> all() throws IOException {
        List<Part> parts = new ArrayList<>();
        for (Path day : list(root)) {
            String name = String.valueOf(day.getFileName());
            if (name.startsWith(DAY) && Files.isDirectory(day)) {
                for (Path file : list(day)) {
                    DerivedFile.range(String.valueOf(file.getFileName()))
                            .ifPresent(range ->
                                    parts.add(new Part(file, name.substring(DAY.length()), range[0], range[1])));
                }
            }
        }
        parts.sort(Comparator.comparing(Part::day).thenComparingLong(Part::from).thenComparingLong(part -> -part.to()));
        return parts;
    }

    /** Removes what no marker vouches for, what was merged, and what was being written. */
    void clean(long derived) throws IOException {
        List<Part> counted = parts();
        for (Part part : all()) {
            if (part.to() > derived || !counted.contains(part)) {
                Files.delete(part.path());
            }
        }
        for (Path day : list(root)) {
            for (Path file : Files.isDirectory(day) ? list(day) : List.<Path>of()) {
                if (String.valueOf(file.getFileName()).startsWith("_")) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Removes what has nothing but records that were pruned. Which layers an image has stays: images of today rest on it. */
    void forget(long first) throws IOException {
        for (Part part : parts()) {
            if (part.to() <= first) {
                Files.delete(part.path());
            }
        }
    }

    Path temporary(String day) throws IOException {
        Path directory = root.resolve(DAY + day);
        Files.createDirectories(directory);
        return directory.resolve("_new.parquet");
    }

    /** Makes a file that was written whole visible: forced, renamed, its directory forced. */
    void commit(String day, Path written, long from, long to) throws IOException {
        force(written, StandardOpenOption.WRITE);
        Path directory = root.resolve(DAY + day);
        Files.move(written, directory.resolve(name(from, to)), StandardCopyOption.ATOMIC_MOVE);
        force(directory, StandardOpenOption.READ);
        force(root, StandardOpenOption.READ);
    }

    static void force(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
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
