package io.entrepot.server.audit.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a process of its own, one at a time: nothing that a question costs is taken from pulls. A question that takes too long, or
 * whose answer is too long, ends with its process.
 *
 * <p>All methods block; who asks from an event loop uses another thread.
 */
public final class QueryProcess {

    private static final long MOST_BYTES = 512L << 20;
    private static final int MOST_ERROR = 64 << 10;
    private static final Duration WAIT = Duration.ofSeconds(60);

    private final List<String> command;
    private final Duration limit;
    private final Semaphore turn = new Semaphore(1, true);

    /**
     * @param command the whole command line; {@link #java} makes one
     * @param limit how long a question may take
     */
    public QueryProcess(List<String> command, Duration limit) {
        this.command = List.copyOf(command);
        this.limit = limit;
    }

    /** What went wrong, in words for whoever asked. */
    public static final class Failed extends IOException {
        private final int code;

        Failed(int code, String message) {
            super(message);
            this.code = code;
        }

        /** The exit code: 2: the question is wrong; 3: DuckDB is missing; 124: it took too long; else something broke. */
        public int code() {
            return code;
        }
    }

    /**
     * A command line for the same Java and the same classes as this process, with DuckDB.
     *
     * @param main has a main method that calls {@code duck.Child.run}
     * @param duck the directory that has {@code classes}, and the native parts
     * @param temporary where Java puts temporary files
     * @param memoryMiB for DuckDB, beside 256 MiB of heap
     */
    public static List<String> java(String main, Path duck, Path temporary, int memoryMiB) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + temporary,
                "-Dentrepot.query.memory-mib=" + memoryMiB,
                "-cp",
                System.getProperty("java.class.path") + File.pathSeparator + duck.resolve("classes"),
                main);
    }

    /** Where DuckDB lies beside the program: {@code lib/duckdb} next to the jar, or {@code duckdb} in the package's own lib. */
    public static Path beside(Class<?> program) throws Failed {
        try {
            Path own = Path.of(
                    program.getProtectionDomain().getCodeSource().getLocation().toURI());
            for (Path place : List.of(own.resolveSibling("lib/duckdb"), own.resolveSibling("duckdb"))) {
                if (Files.isDirectory(place.resolve("classes"))) {
                    return place;
                }
            }
            throw new Failed(3, "DuckDB is missing: it belongs into " + own.resolveSibling("lib/duckdb"));
        } catch (URISyntaxException e) {
            throw new Failed(3, "DuckDB is missing: the program has no place (" + e.getMessage() + ")");
        }
    }

    /** The answer, in the format that was asked for. */
    public byte[] ask(Question question) throws IOException, InterruptedException {
        if (!turn.tryAcquire(WAIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new Failed(124, "another question took more than " + WAIT.toSeconds() + " s");
        }
        try {
            return run(question);
        } finally {
            turn.release();
        }
    }

    private byte[] run(Question question) throws IOException, InterruptedException {
        Files.createDirectories(question.directory().resolve("parquet/_spill"));
        Process process = new ProcessBuilder(command).start();
        try {
            Collected out = new Collected(process.getInputStream(), MOST_BYTES, process);
            Collected err = new Collected(process.getErrorStream(), MOST_ERROR, process);
            try (OutputStream in = process.getOutputStream()) {
                in.write(question.toJson().getBytes(UTF_8));
            } catch (IOException e) {
                // It ended before it was asked, and says why on its standard error.
                process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            }
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Failed(124, "the question took more than " + limit.toSeconds() + " s");
            }
            return ended(process.exitValue(), out.bytes(), err.bytes());
        } catch (TimeoutException e) {
            throw new Failed(1, "the answer is longer than " + MOST_BYTES + " bytes");
        } finally {
            process.destroyForcibly();
        }
    }

    private static byte[] ended(int code, byte[] out, byte[] err) throws Failed {
        if (code != 0) {
            List<String> words =
                    new ArrayList<>(new String(err, UTF_8).lines().limit(5).toList());
            throw new Failed(code, words.isEmpty() ? "the question ended with code " + code : String.join("\n", words));
        }
        return out;
    }

    /** A stream read to its end by a thread of its own, as far as there is room; beyond that the process is ended. */
    private static final class Collected {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread thread;
        private volatile boolean tooLong;

        Collected(InputStream from, long most, Process process) {
            thread = new Thread(() -> read(from, most, process), "audit-answer");
            thread.setDaemon(true);
            thread.start();
        }

        private void read(InputStream from, long most, Process process) {
            byte[] buffer = new byte[1 << 16];
            try (from) {
                for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                    if (bytes.size() + (long) n > most) {
                        tooLong = true;
                        process.destroyForcibly();
                        return;
                    }
                    bytes.write(buffer, 0, n);
                }
            } catch (IOException e) {
                // The process is gone, and its exit code says why.
                process.destroyForcibly();
            }
        }

        byte[] bytes() throws InterruptedException, TimeoutException {
            thread.join();
            if (tooLong) {
                throw new TimeoutException();
            }
            return bytes.toByteArray();
        }
    }
}
