package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments that stand ready, made on a thread of its own; and what becomes of those that nobody needs any more.
 *
 * <p>A spare is zero-filled and forced before it has its name, so that writing to it later needs no room and no change of what
 * the file system knows of the file. A segment that is forgotten becomes a spare if one is wanted: it gets another name first,
 * then zeros and a new id, so that no reader takes it for what it was.
 */
final class Spares implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Spares.class);
    private static final int STEP = 1 << 20;

    private final JournalFs fs;
    private final Layout layout;
    private final JournalOptions options;
    private final JournalListener listener;
    private final Thread maker = new Thread(this::run, "journal-spares");

    // of the object's lock
    private final Deque<Path> ready = new ArrayDeque<>();
    private final Deque<Path> retired = new ArrayDeque<>();
    private boolean stopped;
    private boolean urgent;
    private long attempts;
    private long retryAt;
    private @Nullable IOException failure;

    // of the maker's thread, once it runs
    private int number;

    Spares(JournalFs fs, Layout layout, JournalOptions options, JournalListener listener) {
        this.fs = fs;
        this.layout = layout;
        this.options = options;
        this.listener = listener;
        maker.setDaemon(true);
    }

    /** Takes over those that a process before this one made, removes what it had not finished, and begins to make more. */
    void start() throws IOException {
        for (Path path : fs.list(layout.directory())) {
            if (Layout.isUnfinished(path)) {
                fs.delete(path);
            } else if (Layout.spareNumber(path).isPresent()) {
                number = Math.max(number, Layout.spareNumber(path).get() + 1);
                adopt(path);
            }
        }
        maker.start();
    }

    private synchronized void adopt(Path path) throws IOException {
        if (isUsable(path)) {
            ready.add(path);
        } else {
            fs.delete(path);
        }
    }

    private boolean isUsable(Path path) throws IOException {
        try (FileChannel file = fs.open(path)) {
            return file.size() == options.segmentBytes()
                    && SegmentHeader.read(fs, file)
                            .filter(header -> header.segmentBytes() == options.segmentBytes())
                            .isPresent();
        }
    }

    /** A segment, to be renamed; waits while one is being made. Fails if none can be. */
    synchronized Path take() throws IOException {
        long before = attempts;
        while (ready.isEmpty()) {
            if (stopped || attempts > before && failure != null) {
                throw new IOException("no spare segment", failure);
            }
            urgent = true;
            notifyAll();
            await(0);
        }
        notifyAll();
        return ready.remove();
    }

    /** Takes back one that could not be renamed. */
    synchronized void giveBack(Path spare) {
        ready.addFirst(spare);
    }

    synchronized int count() {
        return ready.size();
    }

    /** Hands over a segment that nobody needs. */
    synchronized void retire(Path segment) {
        retired.add(segment);
        notifyAll();
    }

    private void await(long millis) throws IOException {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void run() {
        try {
            while (awaitWork()) {
                work();
            }
        } catch (IOException e) {
            LOG.atError().addKeyValue("cause", e).log("no spare segments are made any more");
        }
    }

    private synchronized boolean awaitWork() throws IOException {
        while (!stopped && retired.isEmpty() && !isDue()) {
            boolean waits = failure != null && ready.size() < options.spares();
            await(waits ? Math.max(1, TimeUnit.NANOSECONDS.toMillis(retryAt - System.nanoTime())) : 0);
        }
        return !stopped;
    }

    private boolean isDue() {
        return ready.size() < options.spares() && (failure == null || urgent || retryAt - System.nanoTime() <= 0);
    }

    private void work() {
        @Nullable Path old = nextRetired();
        try {
            if (old == null) {
                made(make(layout.unfinished(number)));
            } else if (isWanted() && isUsable(old)) {
                made(recycle(old));
            } else {
                fs.delete(old);
                fs.forceDirectory(layout.directory());
            }
        } catch (IOException e) {
            failed(e);
        } catch (RuntimeException | Error e) {
            failed(new IOException(e));
        }
    }

    private synchronized @Nullable Path nextRetired() {
        return retired.poll();
    }

    private synchronized boolean isWanted() {
        return ready.size() < options.spares();
    }

    private synchronized void made(Path spare) {
        ready.add(spare);
        ended(null);
    }

    private void failed(IOException cause) {
        int left;
        synchronized (this) {
            retryAt = System.nanoTime() + options.retryAtMost().toNanos();
            ended(cause);
            left = ready.size();
        }
        try {
            listener.noSpare(left, cause);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("cause", e).log("journal's listener failed");
        }
    }

    private synchronized void ended(@Nullable IOException cause) {
        failure = cause;
        urgent = false;
        attempts++;
        notifyAll();
    }

    private Path make(Path unfinished) throws IOException {
        try (FileChannel file = fs.create(unfinished)) {
            return finish(unfinished, file);
        } catch (IOException e) {
            discard(unfinished, e);
            throw e;
        }
    }

    private Path recycle(Path old) throws IOException {
        Path unfinished = layout.unfinished(number);
        fs.move(old, unfinished);
        try {
            fs.forceDirectory(layout.directory());
            try (FileChannel file = fs.openForWriting(unfinished)) {
                return finish(unfinished, file);
            }
        } catch (IOException e) {
            discard(unfinished, e);
            throw e;
        }
    }

    private Path finish(Path unfinished, FileChannel file) throws IOException {
        fill(file);
        SegmentHeader.fresh(options.segmentBytes()).write(fs, file);
        fs.force(file, true);
        Path spare = layout.spare(number);
        fs.move(unfinished, spare);
        number++;
        fs.forceDirectory(layout.directory());
        return spare;
    }

    /** Forced in steps: the log's own forces wait behind no more than one. */
    private void fill(FileChannel file) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(STEP, options.segmentBytes()));
        for (long at = 0; at < options.segmentBytes(); at += zeros.capacity()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), options.segmentBytes() - at));
            fs.write(file, zeros, at);
            if (options.segmentBytes() > STEP) {
                fs.force(file, false);
            }
        }
    }

    /** What is half made must not hold room on a full disk. */
    private void discard(Path unfinished, IOException cause) {
        try {
            fs.delete(unfinished);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        number++;
    }

    @Override
    public void close() {
        synchronized (this) {
            stopped = true;
            notifyAll();
        }
        Threads.join(maker);
    }
}
