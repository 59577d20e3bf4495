package io.entrepot.server.audit.tlog;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Records a second when sealing and when verifying, bytes for each: a program, run by hand: {@code TlogBench DIRECTORY VOLUMES}. */
public final class TlogBench {

    private static final OperatingSystemMXBean CPU =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private TlogBench() {}

    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        int count = Integer.parseInt(args[1]) * Volume.RECORDS;
        MemorySource source = new MemorySource();
        AuditRecords records = new AuditRecords(7, 4_000);
        source.add(records::at, count);
        long[] bytes = new long[1];
        source.read(0, count, (index, record) -> bytes[0] += record.length);
        try (LogUnderTest log = new LogUnderTest(root, source)) {
            log.start();
            long cpu = CPU.getProcessCpuTime();
            long begin = System.nanoTime();
            log.sign();
            report("sealed", count, System.nanoTime() - begin, CPU.getProcessCpuTime() - cpu);
            for (int i = 0; i < 3; i++) {
                verify(log, count);
            }
            System.out.printf(
                    "a record: %.0f bytes of JSON, %.1f of entries, %.1f of hashes and upper tiles%n",
                    (double) bytes[0] / count,
                    (double) size(log.sealed(), ".entries") / count,
                    (double) (size(log.sealed(), ".hashes") + size(log.sealed().resolve("tree"), "")) / count);
        }
    }

    private static void verify(LogUnderTest log, int count) throws IOException {
        long cpu = CPU.getProcessCpuTime();
        long begin = System.nanoTime();
        Verification verification = VerifierTest.verify(log, VerifierTest.keys(log));
        if (verification.size() != count || !verification.findings().isEmpty()) {
            throw new IllegalStateException(verification.toString());
        }
        report("verified", count, System.nanoTime() - begin, CPU.getProcessCpuTime() - cpu);
    }

    private static void report(String what, int count, long nanos, long cpu) {
        System.out.printf(
                "%s %d records in %d ms: %d a second, %d in a second of CPU%n",
                what, count, TimeUnit.NANOSECONDS.toMillis(nanos), (long) (count * 1e9 / nanos), (long)
                        (count * 1e9 / cpu));
    }

    private static long size(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(
                            file -> Files.isRegularFile(file) && file.toString().endsWith(ending))
                    .mapToLong(TlogBench::size)
                    .sum();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
