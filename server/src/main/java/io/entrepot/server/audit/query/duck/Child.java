package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.entrepot.server.audit.query.Answer;
import io.entrepot.server.audit.query.Question;
import io.entrepot.server.audit.query.Records;
import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Instant;

/**
 * The program that answers one question and ends: the question on standard input, the answer on standard output, what went wrong
 * on standard error. The exit code is 0, or 2 for a question that cannot be asked, 3 where DuckDB is missing, 1 for the rest.
 *
 * <p>One at a time works on a log, whoever started it: they wait for one another at the lock {@code parquet/_lock}.
 */
public final class Child {

    /** What DuckDB takes at most, beside the Java heap. */
    public static final String MEMORY = "entrepot.query.memory-mib";

    private static final int DEFAULT_MEMORY_MIB = 512;

    private Child() {}

    /** Opens the records of a log's directory; what is opened is closed by the end of the process. */
    @FunctionalInterface
    public interface Opener {
        Records open(Path directory) throws IOException;
    }

    /** Answers on the streams of the process; returns the exit code. */
    public static int run(Opener opener) {
        try (InputStream in = new BufferedInputStream(new FileInputStream(FileDescriptor.in));
                OutputStream out = new FileOutputStream(FileDescriptor.out);
                PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8)) {
            return run(opener, in, out, err);
        } catch (IOException e) {
            return 1;
        }
    }

    static int run(Opener opener, InputStream in, OutputStream out, PrintStream err) {
        try {
            Question question = Question.parse(new String(in.readAllBytes(), UTF_8));
            Class.forName("org.duckdb.DuckDBDriver");
            Answer answer = answer(opener, question);
            try (Writer writer = new BufferedWriter(new OutputStreamWriter(out, UTF_8))) {
                question.format().write(answer, question.width(), writer);
            }
            return 0;
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return 2;
        } catch (ClassNotFoundException | UnsatisfiedLinkError e) {
            err.println("DuckDB is missing: it belongs into lib/duckdb beside the program (" + e.getMessage() + ")");
            return 3;
        } catch (IOException | SQLException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    private static Answer answer(Opener opener, Question question) throws IOException, SQLException {
        Path parquet = question.directory().resolve("parquet");
        Files.createDirectories(parquet);
        try (FileChannel channel = FileChannel.open(
                        parquet.resolve("_lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock();
                Duck duck = Duck.open(parquet.resolve("_spill"), Integer.getInteger(MEMORY, DEFAULT_MEMORY_MIB))) {
            if (!lock.isValid()) {
                throw new IOException("the lock parquet/_lock was lost");
            }
            duck.confine(question.directory());
            return new Answering(duck, opener.open(question.directory()), question, Instant.now()).answer();
        }
    }
}
