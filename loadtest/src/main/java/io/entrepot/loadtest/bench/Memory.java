package io.entrepot.loadtest.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of a process: {@code /proc/PID/status}, man 5 proc. */
final class Memory {

    private Memory() {}

    /** Bytes that are resident now. */
    static long resident(long pid) {
        try {
            return parse(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the line {@code VmRSS:     1234 kB}. */
    static long parse(String status) {
        return status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(kilobytes -> Long.parseLong(kilobytes) * 1024)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("status without VmRSS: " + status));
    }
}
