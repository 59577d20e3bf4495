package io.entrepot.server.audit.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a process of its own, one question at a time: nothing that one costs is taken from pulls. The process stays for a minute,
 * so that the next question does not pay for its start. A question that takes too long, or whose answer is too long, ends with it.
 *
 * <p>All methods block; who asks from an event loop uses another thread.
 */
public final class QueryProcess implements AutoCloseable {

    private static final Duration WAIT = Duration.ofSeconds(60);

    private final List<String> command;
    private final Duration limit;
    private final Semaphore turn = new Semaphore(1, true);
    private volatile @Nullable AnsweringProcess running; // set by whoever has the turn

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
            Files.createDirectories(question.directory().resolve("parquet/_spill"));
            byte[] asked = question.toJson().getBytes(UTF_8);
            Optional<byte[]> answer = process().ask(asked, limit);
            return answer.isPresent()
                    ? answer.get()
                    : process().ask(asked, limit).orElseThrow();
        } finally {
            turn.release();
        }
    }

    private AnsweringProcess process() throws IOException {
        @Nullable AnsweringProcess known = running;
        if (known != null && known.isAlive()) {
            return known;
        }
        AnsweringProcess started = AnsweringProcess.start(command);
        running = started;
        return started;
    }

    /** Ends the process, if one runs: whoever waits for an answer of it gets none. */
    @Override
    public void close() {
        @Nullable AnsweringProcess known = running;
        running = null;
        if (known != null) {
            known.close();
        }
    }
}
