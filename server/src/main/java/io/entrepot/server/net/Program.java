package io.entrepot.server.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Runs a program that says who we are: without a shell, with our environment, for a bounded time, with a bounded output, and
 * twice at once at most, so that one that hangs keeps no other from running. What it writes to its standard error is
 * dropped: it may be a secret.
 */
public final class Program {

    private static final int LARGEST = 256 * 1024;
    private static final int AT_ONCE = 2;
    private static final int MOST = 16;
    private static final int WAITING = 64;
    private static final long GRACE_MILLIS = 1_000;
    private static final long LOOK_MILLIS = 10;
    private static final ThreadPoolExecutor THREADS = threads();

    private final List<String> command;
    private final String searched;
    private final Duration patience;
    private final Lane lane = new Lane(THREADS, AT_ONCE, WAITING);

    /**
     * @param command a program, by its whole path or by a name that is looked for, and its arguments
     * @param searched directories to look in, as {@code PATH} has them
     */
    public Program(List<String> command, String searched, Duration patience) {
        this.command = List.copyOf(command);
        this.searched = searched;
        this.patience = patience;
    }

    /** How it ended, and what it wrote, which may be a secret. */
    public record Result(int exit, byte[] output) {

        @Override
        public String toString() {
            return "exit " + exit;
        }
    }

    private static ThreadPoolExecutor threads() {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(MOST, MOST, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
                    Thread thread = new Thread(task, "entrepot-login");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** Runs it with this on its standard input. Fails with {@link NoProgram} if it does not run or does not end. */
    public CompletableFuture<Result> run(byte[] input) {
        try {
            return CompletableFuture.supplyAsync(() -> result(input), lane)
                    // where it lies on a mount that hangs, nobody but that thread waits for it
                    .orTimeout(patience.toMillis() + GRACE_MILLIS, TimeUnit.MILLISECONDS)
                    .exceptionallyCompose(failure ->
                            CompletableFuture.failedFuture(failure instanceof TimeoutException ? late() : failure));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new NoProgram(name() + ": too many programs run at once"));
        }
    }

    private String name() {
        return command.get(0);
    }

    private NoProgram late() {
        return new NoProgram(name() + ": did not end within " + patience.toMillis() + " ms");
    }

    private Result result(byte[] input) {
        Process process = started();
        AtomicBoolean late = new AtomicBoolean();
        CompletableFuture<Void> deadline = CompletableFuture.runAsync(
                () -> {
                    late.set(true);
                    end(process);
                },
                CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS));
        try {
            feed(process, input);
            byte[] output = output(process);
            if (late.get()) {
                throw late();
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            throw late.get() ? late() : new NoProgram(name() + ": its output cannot be read");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoProgram(name() + ": interrupted");
        } finally {
            deadline.cancel(false);
            end(process);
        }
    }

    /**
     * What it had written when it ended. Its output need not end with it, since what it left behind may hold that; and nobody
     * can be called back from waiting for it. So it is only read when something is there.
     */
    private byte[] output(Process process) throws IOException, InterruptedException {
        InputStream in = process.getInputStream();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            take(in, output);
        }
        take(in, output);
        return output.toByteArray();
    }

    private void take(InputStream in, ByteArrayOutputStream output) throws IOException {
        for (int there = in.available(); there > 0; there = in.available()) {
            output.writeBytes(in.readNBytes(Math.min(there, LARGEST + 1)));
            if (output.size() > LARGEST) {
                throw new NoProgram(name() + ": wrote too much (expected: at most 256 KiB)");
            }
        }
    }

    /** A program may well end without reading what it was given. */
    private static void feed(Process process, byte[] input) {
        try (OutputStream out = process.getOutputStream()) {
            out.write(input);
        } catch (IOException e) {
            // its output and its exit say more
        }
    }

    private Process started() {
        String path = find().orElseThrow(() -> new NoProgram(name() + ": no such program (expected: in PATH)"));
        List<String> whole =
                Stream.concat(Stream.of(path), command.stream().skip(1)).toList();
        try {
            return new ProcessBuilder(whole)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new NoProgram(name() + ": cannot be run");
        }
    }

    private Optional<String> find() {
        if (name().indexOf('/') >= 0) {
            return Optional.of(name());
        }
        return Stream.of(searched.split(":", -1))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, name()))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
