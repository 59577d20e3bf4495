package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.entrepot.server.audit.query.Answer;
import io.entrepot.server.audit.query.Question;
import io.entrepot.server.audit.query.Records;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The program that answers questions: each on standard input, the answer on standard output, as {@code AnsweringProcess} has it.
 * It ends when there is nobody any more who could ask, when nobody has asked for a while, and after a derivation, which is asked
 * for by a clock. A code is 0, or 2 for a question that cannot be asked, 3 where DuckDB is missing, 1 for the rest.
 *
 * <p>One at a time works on a log, whoever started it: they wait for one another at the lock {@code parquet/_lock}.
 */
public final class Child {

    /** What DuckDB takes at most, beside the Java heap. */
    public static final String MEMORY = "entrepot.query.memory-mib";

    private static final int DEFAULT_MEMORY_MIB = 512;
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final int MOST_WORDS = 4_096;

    private final Opener opener;
    private final DataInputStream in;
    private final DataOutputStream out;

    private @Nullable Opened opened;

    private Child(Opener opener, InputStream in, OutputStream out) {
        this.opener = opener;
        this.in = new DataInputStream(in);
        this.out = new DataOutputStream(out);
    }

    /** The log that was asked about last: what DuckDB knows of its files serves the next question. */
    private record Opened(Path directory, Duck duck) {}

    /** Opens the records of a log's directory. */
    @FunctionalInterface
    public interface Opener {
        Records open(Path directory) throws IOException;
    }

    /** Answers on the streams of the process, until it is to end; returns the exit code. */
    public static int run(Opener opener) {
        return run(opener, IDLE);
    }

    /** @param idle after which it ends */
    static int run(Opener opener, Duration idle) {
        try (InputStream in = new BufferedInputStream(new FileInputStream(FileDescriptor.in));
                OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16)) {
            new Child(opener, in, out).answerAll(idle);
            return 0;
        } catch (EOFException e) {
            return 0;
        } catch (IOException e) {
            return 1;
        }
    }

    private void answerAll(Duration idle) throws IOException {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(Child::daemon);
        boolean more = answer(next()); // the one that it was started for
        while (more) {
            ScheduledFuture<?> end =
                    clock.schedule(() -> Runtime.getRuntime().halt(0), idle.toNanos(), TimeUnit.NANOSECONDS);
            byte[] asked = next();
            end.cancel(false);
            more = answer(asked);
        }
    }

    private byte[] next() throws IOException {
        return in.readNBytes(in.readInt());
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "idle");
        thread.setDaemon(true);
        return thread;
    }

    /** Returns whether another question may come. */
    private boolean answer(byte[] asked) throws IOException {
        int code = 0;
        String words = "";
        boolean more = true;
        try {
            Question question = Question.parse(new String(asked, UTF_8));
            more = question.kind() != Question.Kind.DERIVE;
            Class.forName("org.duckdb.DuckDBDriver");
            Answer answer = answer(question);
            try (Writer writer = new BufferedWriter(new OutputStreamWriter(new Pieces(), UTF_8))) {
                question.format().write(answer, question.width(), writer);
            }
        } catch (IllegalArgumentException e) {
            code = 2;
            words = String.valueOf(e.getMessage());
        } catch (ClassNotFoundException | UnsatisfiedLinkError e) {
            code = 3;
            words = "DuckDB is missing: it belongs into lib/duckdb beside the program (" + e.getMessage() + ")";
        } catch (IOException | SQLException e) {
            code = 1;
            words = String.valueOf(e.getMessage());
        }
        out.writeInt(0);
        out.writeInt(code);
        out.writeUTF(words.length() <= MOST_WORDS ? words : words.substring(0, MOST_WORDS));
        out.flush();
        return more;
    }

    /** An answer in pieces, each behind its length. */
    private final class Pieces extends OutputStream {

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single});
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (length > 0) {
                out.writeInt(length);
                out.write(bytes, from, length);
            }
        }
    }

    private Answer answer(Question question) throws IOException, SQLException {
        Path parquet = question.directory().resolve("parquet");
        Files.createDirectories(parquet);
        try (FileChannel channel = FileChannel.open(
                        parquet.resolve("_lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock();
                Duck duck = opened(question.directory()).session();
                Records records = opener.open(question.directory())) {
            if (!lock.isValid()) {
                throw new IOException("the lock parquet/_lock was lost");
            }
            return new Answering(duck, records, question, Instant.now()).answer();
        } catch (SQLException e) {
            forget(e); // a database that failed may be of no use any more
            throw e;
        }
    }

    private void forget(SQLException why) {
        try {
            close();
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }

    private Duck opened(Path directory) throws IOException, SQLException {
        Opened known = opened;
        if (known != null && known.directory.equals(directory)) {
            return known.duck;
        }
        close();
        Duck duck = Duck.open(directory.resolve("parquet/_spill"), Integer.getInteger(MEMORY, DEFAULT_MEMORY_MIB));
        opened = new Opened(directory, duck);
        duck.confine(directory);
        return duck;
    }

    private void close() throws SQLException {
        Opened known = opened;
        opened = null;
        if (known != null) {
            known.duck.close();
        }
    }
}
