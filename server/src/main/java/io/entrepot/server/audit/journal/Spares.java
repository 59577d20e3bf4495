package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Segments that stand ready, made on a thread of its own; and what becomes of those that nobody needs any more. */
final class Spares implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Spares.class);
    /** While a spare is made in peace, the disk has this many times as long for others. */
    private static final int SHARE = 4;

    private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(50);

    private final JournalFs fs;
    private final Layout layout;
    private final JournalOptions options;
    private final JournalListener listener;
    private final SpareFiles files;
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
        this.files = new SpareFiles(fs, layout, options.segmentBytes(), this::rest);
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
        if (files.isUsable(path)) {
            ready.add(path);
        } else {
            fs.delete(path);
        }
    }

    /** A segment, to be renamed; waits while one is being made. Fails if none can be. */
    synchronized Path take() throws IOException {
        long before = attempts;
        while (ready.isEmpty()) {
            if (stopped || attempts > before && failure != null) {
                throw new IOException(
                        failure == null
                                ? "no spare segment is left"
                                : "no spare segment is left, and none can be made: " + failure.getMessage(),
                        failure);
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

    /** Until something changed, or so long; who calls looks again. */
    @SuppressWarnings("WaitNotInLoop")
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
        } finally {
            stop();
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
                made(files.make(number++));
            } else if (isWanted() && files.isUsable(old)) {
                made(files.makeOf(old, number++));
            } else {
                files.delete(old);
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

    /** Leaves the disk to others, unless somebody waits for this spare. */
    private synchronized void rest(long busy) throws IOException {
        long until = System.nanoTime() + Math.min(SHARE * busy, LONGEST_REST);
        while (!stopped && !urgent && until - System.nanoTime() > 0) {
            await(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
        }
    }

    @Override
    public void close() {
        stop();
        Threads.join(maker);
    }

    private synchronized void stop() {
        stopped = true;
        notifyAll();
    }
}
