package io.entrepot.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A process that a test started, with what it prints in a file; ended by its pid, and what it started with it. */
final class Running implements AutoCloseable {

    private final Process process;
    private final Path log;

    private Running(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static Running start(Path log, Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new Running(builder.start(), log);
    }

    /** Runs a command to its end; returns what it printed. @throws AssertionError if it fails or takes longer than two minutes */
    static String run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        Outcome outcome = attempt(environment, command);
        if (outcome.status() != 0) {
            throw new AssertionError(
                    String.join(" ", command) + " ended with " + outcome.status() + ":\n" + outcome.output());
        }
        return outcome.output();
    }

    /** How a command ended, and what it printed. */
    record Outcome(int status, String output) {}

    static Outcome attempt(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile("entrepot-run", ".log");
        try (Running running = start(log, environment, List.of(command))) {
            if (!running.process.waitFor(2, TimeUnit.MINUTES)) {
                throw new AssertionError(String.join(" ", command) + " did not end:\n" + running.output());
            }
            return new Outcome(running.process.exitValue(), running.output());
        } finally {
            Files.deleteIfExists(log);
        }
    }

    /** Waits until it is ready. @throws AssertionError with what it printed if it ends before, or is not within a minute */
    Running await(BooleanSupplier ready) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!ready.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("not ready:\n" + output());
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return this;
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; returns the exit status. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new AssertionError("did not end on SIGTERM:\n" + output());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
