package io.entrepot.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A process that a test started, with what it prints in a file; ended by its id, and what it started with it. */
final class Running implements AutoCloseable {

    private final Process process;
    private final Path log;

    Running(Process process, Path log) {
        this.process = process;
        this.log = log;
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

    boolean ended(long time, TimeUnit unit) throws InterruptedException {
        return process.waitFor(time, unit);
    }

    int status() {
        return process.exitValue();
    }

    long pid() {
        return process.pid();
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
