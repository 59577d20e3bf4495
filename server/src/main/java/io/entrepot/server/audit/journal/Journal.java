package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Records in the order in which they came, numbered from 0, on the disk before anybody is told.
 *
 * <p>A record is a JSON object: the body that was given, behind a head with {@code "seq":N}, for N is known when it is written.
 * Any thread may append, none waits: one thread writes, many records with one force. What was acknowledged is there after a
 * crash and after the failure of any one operation of the disk; what was not acknowledged may be there too.
 */
public final class Journal implements AutoCloseable {

    private final JournalFs fs;
    private final Layout layout;
    private final JournalOptions options;
    private final JournalLock lock;
    private final Watermark watermark;
    private final Spares spares;
    private final Segments segments;
    private final Intake intake;
    private final Writer writer;
    private final Thread thread;
    private boolean closed;

    private Journal(JournalFs fs, Layout layout, JournalOptions options, JournalListener listener, Opening opening) {
        this.fs = fs;
        this.layout = layout;
        this.options = options;
        this.lock = opening.lock();
        this.watermark = opening.watermark();
        this.spares = opening.spares();
        Recovery.Recovered found = opening.recovered();
        this.segments = new Segments(fs, layout, spares, found.segments());
        this.intake = new Intake(options);
        this.writer = new Writer(options, listener, intake, segments, watermark, found.last(), found.next());
        this.thread = new Thread(writer, "journal-writer");
    }

    /**
     * Opens a journal, made if there is none, and brings it in order: reads all its segments. May block.
     *
     * @throws IOException if the disk fails, or a process has it open already
     */
    public static Journal open(Path directory, JournalOptions options, JournalListener listener) throws IOException {
        return open(new NioFs(), directory, options, listener);
    }

    static Journal open(JournalFs fs, Path directory, JournalOptions options, JournalListener listener)
            throws IOException {
        ensure(fs, directory.toAbsolutePath());
        Layout layout = new Layout(directory.toRealPath());
        Opening opening = Opening.of(fs, layout, options, listener);
        opening.recovered().gaps().forEach(listener::gap);
        Journal journal = new Journal(fs, layout, options, listener, opening);
        journal.thread.setDaemon(true);
        journal.thread.start();
        return journal;
    }

    /** Forced into its parent also if it is there: whoever made it may have died before. */
    private static void ensure(JournalFs fs, Path directory) throws IOException {
        @Nullable Path parent = directory.getParent();
        if (parent != null) {
            if (!parent.toFile().isDirectory()) {
                ensure(fs, parent);
            }
            fs.mkdir(directory);
            fs.forceDirectory(parent);
        }
    }

    /**
     * Appends a record; complete with its seq when it is on the disk. Never blocks; costs well under a microsecond.
     *
     * <p>All that wait on one executor for records that became durable together are resumed by one task on it.
     *
     * @param resume where what follows runs
     * @return fails with {@link JournalBusy} or {@link JournalClosed} if it was not taken, with {@link JournalFailed} if the
     *     journal cannot be written
     */
    public CompletableFuture<Long> append(Body body, Executor resume) {
        Pending.Awaited record = new Pending.Awaited(fitting(body), resume);
        @Nullable IOException refusal = intake.add(record);
        if (refusal != null) {
            record.fail(refusal);
        }
        return record.future();
    }

    /** Like {@link #append(Body, Executor)}, but what follows runs on the writer's thread: it must be short, and never wait. */
    public CompletableFuture<Long> append(Body body) {
        return append(body, Runnable::run);
    }

    /** Appends a record for which nobody waits; false if it was not taken. Lost without a word if the journal fails then. */
    public boolean offer(Body body) {
        return intake.add(new Pending(fitting(body))) == null;
    }

    private Body fitting(Body body) {
        if (body.weight() < 1 || body.weight() > options.largestBody()) {
            throw new IllegalArgumentException(
                    "body of " + body.weight() + " bytes (expected: 1 to " + options.largestBody() + ")");
        }
        return body;
    }

    /** The seq that the next record gets which is not being written yet. */
    public long next() {
        return writer.next();
    }

    /** Records below this are on the disk. */
    public long durable() {
        return writer.durable();
    }

    /** The seq from which on records are here; those below are forgotten. */
    public long first() {
        return segments.first(durable());
    }

    /** False while appends fail because the disk does. */
    public boolean isWritable() {
        return !intake.isRefusing();
    }

    /** Records that were not taken since it was opened, because too many waited or it could not be written. */
    public long refused() {
        return intake.refused();
    }

    /** Reads from this seq on what is durable, as far as that goes at each time. */
    public JournalReader read(long from) {
        return new JournalReader(fs, layout, from, () -> OptionalLong.of(durable()));
    }

    /** Records below this are held elsewhere: segments that hold no others are used anew or deleted. Does not wait for that. */
    public void forget(long below) {
        segments.forget(Math.min(below, durable()));
    }

    /** What it takes on the disk, and what is left. May block. */
    public Space space() throws IOException {
        int held = segments.count();
        int ready = spares.count();
        return new Space((held + ready) * options.segmentBytes(), fs.free(layout.directory()), held, ready);
    }

    /** Takes nothing more, writes what waits, and returns when it is written or has failed. */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            intake.close();
            Threads.join(thread);
            spares.close();
            try (lock) {
                watermark.close();
            }
        }
    }
}
