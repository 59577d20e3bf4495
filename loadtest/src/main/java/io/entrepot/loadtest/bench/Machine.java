package io.entrepot.loadtest.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Where the figures come from; no figure is worth anything without it. */
public record Machine(String processor, int cores, String memory, String kernel, String java) {

    /** This machine. */
    public static Machine here() {
        return new Machine(
                field("/proc/cpuinfo", "model name"),
                (int) lines("/proc/cpuinfo")
                        .lines()
                        .filter(line -> line.startsWith("processor"))
                        .count(),
                field("/proc/meminfo", "MemTotal"),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    }

    /** Keeps this process on one core. */
    public static void pin(int cpu) {
        run(
                "taskset",
                "-a",
                "-c",
                "-p",
                Integer.toString(cpu),
                Long.toString(ProcessHandle.current().pid()));
    }

    /** What a program says of its version: the first line that it writes. */
    public static String firstLine(String... command) {
        return run(command).lines().findFirst().orElse("");
    }

    private static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new NotRunnable(String.join(" ", command) + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new NotRunnable(
                    command[0] + " cannot be run (expected: installed, and on the PATH): " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotRunnable("interrupted");
        }
    }

    private static String field(String file, String name) {
        return lines(file)
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static String lines(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
