package io.entrepot.server.audit.query.duck;

import io.entrepot.server.audit.query.LineFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** By hand: bytes and time of so many records in Parquet. Arguments: a directory, how many, over how many days. */
public final class DeriveFigures {

    private DeriveFigures() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        LineFiles records = Files.exists(directory.resolve("lines/end"))
                ? new LineFiles(directory)
                : LineFiles.write(directory, 7, Long.parseLong(args[1]), Long.parseLong(args[2]));
        long started = System.nanoTime();
        try (Duck duck = Duck.open(directory.resolve("spill"), 512)) {
            Deriver deriver = new Deriver(duck, directory);
            deriver.derive(records);
            System.out.printf(
                    "%d records, %d s, %.1f bytes of records and %.1f of layers a record%n",
                    records.end(),
                    (System.nanoTime() - started) / 1_000_000_000,
                    (double) bytes(deriver.records().root()) / records.end(),
                    (double) bytes(deriver.layers().root()) / records.end());
            System.out.println(Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmHWM"))
                    .toList());
        }
    }

    private static long bytes(Path root) throws Exception {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".parquet"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
