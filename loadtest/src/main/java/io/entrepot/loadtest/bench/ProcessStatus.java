package io.entrepot.loadtest.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lines of {@code /proc/PID/status}, man 5 proc, as they are at one moment. */
public record ProcessStatus(String text) {

    /** Of a process that runs. */
    public static ProcessStatus of(long pid) {
        try {
            return new ProcessStatus(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of memory that are resident, from the line {@code VmRSS:     1234 kB}. */
    public long residentBytes() {
        return number("VmRSS:") * 1024;
    }

    public long threads() {
        return number("Threads:");
    }

    private long number(String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("status without " + name + " " + text));
    }
}
