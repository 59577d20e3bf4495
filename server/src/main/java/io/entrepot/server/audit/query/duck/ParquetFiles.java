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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

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

    /** Of the table: that of its directory. */
    String name() {
        return String.valueOf(root.getFileName());
    }

    static String name(long from, long to) {
        return String.format("r-%016x-%016x.parquet", from, to);
    }

    /** What lies there: files of records, by day and then by seq, and what somebody did not end writing. */
    private record Lying(List<Part> parts, List<Path> unfinished) {}

    /** Those that count, by day and then by seq. */
    List<Part> parts() throws IOException {
        return counted(lying().parts());
    }

    private static List<Part> counted(List<Part> all) {
        Map<String, List<Part>> days = new TreeMap<>();
        all.forEach(part ->
                days.computeIfAbsent(part.day(), day -> new ArrayList<>()).add(part));
        List<Part> parts = new ArrayList<>();
        for (List<Part> day : days.values()) {
            day.stream().filter(part -> day.stream().noneMatch(part::within)).forEach(parts::add);
        }
        return parts;
    }

    private Lying lying() throws IOException {
        List<Part> parts = new ArrayList<>();
        List<Path> unfinished = new ArrayList<>();
        for (String day : names(root)) {
            for (String file : day.startsWith(DAY) ? names(root.resolve(day)) : List.<String>of()) {
                Path path = root.resolve(day).resolve(file);
                DerivedFile.range(file)
                        .ifPresent(range -> parts.add(new Part(path, day.substring(DAY.length()), range[0], range[1])));
                if (file.startsWith("_")) {
                    unfinished.add(path);
                }
            }
        }
        parts.sort(Comparator.comparing(Part::day).thenComparingLong(Part::from).thenComparingLong(part -> -part.to()));
        return new Lying(parts, unfinished);
    }

    /** In one call to the system for each directory, since every question looks; what is no directory has nothing in it. */
    private static List<String> names(Path directory) throws IOException {
        String[] names = directory.toFile().list();
        if (names == null && Files.isDirectory(directory)) {
            throw new IOException(directory + " cannot be read");
        }
        return names == null ? List.of() : List.of(names);
    }

    /**
     * Removes what no marker vouches for, what was merged, what was being written, and what has nothing but records that were
     * pruned; what is left can be relied on.
     *
     * @param derived records below this are vouched for
     * @param first records below this were pruned
     */
    List<Part> trusted(long derived, long first) throws IOException {
        Lying lying = lying();
        Set<Part> counted = new HashSet<>(counted(lying.parts()));
        List<Part> trusted = new ArrayList<>();
        for (Part part : lying.parts()) {
            if (part.to() > derived || part.to() <= first || !counted.contains(part)) {
                Files.delete(part.path());
            } else {
                trusted.add(part);
            }
        }
        for (Path path : lying.unfinished()) {
            Files.delete(path);
        }
        return trusted;
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
}
