package io.entrepot.server.audit.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.entrepot.server.audit.query.QueryProcess.Failed;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that answers one question after the other, as its parent has it. It ends by itself when nobody has asked for a while,
 * and with its parent. For one thread at a time.
 *
 * <p>On its standard input a question is its length (4 bytes, big-endian) and so many bytes. On its standard output an answer
 * is any number of pieces, each with its length before it, then a length of 0, the code (4 bytes; 0: all is well) and, in Java's
 * modified UTF-8, what went wrong.
 */
final class AnsweringProcess implements AutoCloseable {

    private static final long MOST_BYTES = 512L << 20;
    private static final int MOST_ERROR = 64 << 10;
    private static final int MOST_LINES = 5;

    /** It has closed its output: so long may it take to end. */
    private static final long GRACE_SECONDS = 5;

    private final Process process;
    private final DataOutputStream questions;
    private final DataInputStream answers;
    private final CompletableFuture<String> error;
    private boolean answered;
    private volatile boolean closed;

    private AnsweringProcess(Process process) {
        this.process = process;
        this.questions = new DataOutputStream(process.getOutputStream());
        this.answers = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
        this.error = beside("audit-errors", () -> error(process.getErrorStream()))
                .exceptionally(failure -> ""); // it was ended while it was read
    }

    static AnsweringProcess start(List<String> command) throws IOException {
        return new AnsweringProcess(new ProcessBuilder(command).start());
    }

    /** Whether it can be asked: one that was ended here may live for a moment more. */
    boolean isAlive() {
        return !closed && process.isAlive();
    }

    /** What it answered; the code is 0. */
    private record Answered(int code, byte[] bytes, String words) {}

    /**
     * Asks, and waits for the answer.
     *
     * @return empty if it had ended by itself before it was asked: another one is to be asked
     * @throws Failed if the question is wrong, or the process was ended by it or for it
     */
    Optional<byte[]> ask(byte[] question, Duration limit) throws IOException, InterruptedException {
        CompletableFuture<Optional<Answered>> coming = beside("audit-answer", () -> exchange(question));
        try {
            Optional<Answered> answer = coming.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return answer.isPresent() ? Optional.of(bytes(answer.get())) : ended();
        } catch (InterruptedException e) {
            // an answer that nobody waits for must not be taken for that to the next question
            close();
            throw e;
        } catch (TimeoutException e) {
            close();
            throw new Failed(124, "the question took more than " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            close();
            throw e.getCause() instanceof Failed known ? known : new IOException(e.getCause());
        }
    }

    private byte[] bytes(Answered answer) throws Failed {
        answered = true;
        if (answer.code() != 0) {
            throw new Failed(answer.code(), answer.words());
        }
        return answer.bytes();
    }

    /** Empty if there was no answer, since the process is gone. */
    private Optional<Answered> exchange(byte[] question) throws IOException {
        try {
            questions.writeInt(question.length);
            questions.write(question);
            questions.flush();
            return Optional.of(answer());
        } catch (TooLong e) {
            throw new Failed(1, "the answer is longer than " + MOST_BYTES + " bytes");
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static final class TooLong extends IOException {}

    private Answered answer() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int length = answers.readInt(); length > 0; length = answers.readInt()) {
            if (bytes.size() + (long) length > MOST_BYTES) {
                throw new TooLong();
            }
            bytes.write(answers.readNBytes(length));
        }
        return new Answered(answers.readInt(), bytes.toByteArray(), answers.readUTF());
    }

    private Optional<byte[]> ended() throws Failed, InterruptedException {
        if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
            close();
        }
        int code = process.waitFor();
        if (code == 0 && answered) {
            return Optional.empty();
        }
        String words = error.join();
        throw new Failed(code == 0 ? 1 : code, words.isEmpty() ? "the question ended with code " + code : words);
    }

    /** The first lines; it is read to its end, so that nobody who writes there must wait. */
    private static String error(InputStream from) throws IOException {
        byte[] head = from.readNBytes(MOST_ERROR);
        from.transferTo(OutputStream.nullOutputStream());
        return String.join(
                "\n", new String(head, UTF_8).lines().limit(MOST_LINES).toList());
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> CompletableFuture<T> beside(String name, Work<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        done.complete(work.run());
                    } catch (IOException | RuntimeException e) {
                        done.completeExceptionally(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    /** Ends it at once, whatever it does. */
    @Override
    public void close() {
        closed = true;
        process.destroyForcibly();
    }
}
