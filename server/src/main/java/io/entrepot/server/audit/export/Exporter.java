package io.entrepot.server.audit.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the log to one sink: a batch, then the cursor, then the next. What a sink may not have got comes again, so that a
 * record may arrive twice, and never not at all; its {@code seq} tells. A sink that fails is tried again after a while, which
 * grows; nothing else waits for it. What went meanwhile is left out, and said. On a thread of its own.
 */
public final class Exporter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Exporter.class);

    private static final int MOST_RECORDS = 1_000;
    private static final long MOST_BYTES = 1L << 20;
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofMinutes(1);

    private final String name;
    private final Tail tail;
    private final Sink sink;
    private final Cursor cursor;
    private final Skips skips;
    private final long joined;
    private final Duration firstRetry;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private boolean closing; // guarded by lock
    private volatile long next;
    private volatile boolean failing;

    /** Told of records that a sink never gets, for they went before it took them. */
    @FunctionalInterface
    public interface Skips {
        void skipped(String name, long from, long to);
    }

    private Exporter(String name, Tail tail, Sink sink, Cursor cursor, Skips skips, Duration firstRetry)
            throws IOException {
        this.name = name;
        this.tail = tail;
        this.sink = sink;
        this.cursor = cursor;
        this.skips = skips;
        this.firstRetry = firstRetry;
        Cursor.Place place = place(name, cursor, tail);
        this.next = place.next();
        this.joined = place.joined();
        this.thread = new Thread(this::run, "audit-export-" + name);
        this.thread.setDaemon(true);
    }

    /** A new sink gets all that there is, and is not behind for that; what went before it was there it never was to have. */
    private static Cursor.Place place(String name, Cursor cursor, Tail tail) throws IOException {
        Optional<Cursor.Place> known = cursor.read();
        long end = tail.end();
        if (known.isPresent() && known.get().next() <= end) {
            return known.get();
        }
        if (known.isPresent()) {
            LOG.atError()
                    .addKeyValue("sink", name)
                    .addKeyValue("next", known.get().next())
                    .addKeyValue("records", end)
                    .log("audit sink is beyond the end of the log, and gets what comes from there on");
        }
        Cursor.Place first =
                known.isPresent() ? new Cursor.Place(end, end) : new Cursor.Place(Math.min(tail.first(), end), end);
        cursor.write(first);
        return first;
    }

    /**
     * Begins where it ended the last time.
     *
     * @param name of the sink, and of the file in {@code cursors} that says how far it is
     */
    public static Exporter start(String name, Tail tail, Sink sink, Path cursors, Skips skips) throws IOException {
        return start(name, tail, sink, cursors, skips, FIRST_RETRY);
    }

    static Exporter start(String name, Tail tail, Sink sink, Path cursors, Skips skips, Duration firstRetry)
            throws IOException {
        Files.createDirectories(cursors);
        Exporter exporter = new Exporter(name, tail, sink, new Cursor(cursors.resolve(name)), skips, firstRetry);
        exporter.thread.start();
        return exporter;
    }

    public String name() {
        return name;
    }

    /** Records that the sink does not have yet. */
    public long backlog() {
        return Math.max(0, tail.end() - next);
    }

    /** The number of the record that the sink gets next: those before it have arrived. */
    public long next() {
        return next;
    }

    /** Records that it does not have yet, but for those that were there before it was. */
    public long owed() {
        return Math.max(0, tail.end() - Math.max(next, joined));
    }

    /** Whether records below this are owed to it. */
    public boolean isOwed(long below) {
        return Math.max(next, joined) < below;
    }

    public boolean isFailing() {
        return failing;
    }

    private void run() {
        Duration retry = firstRetry;
        while (true) {
            try {
                boolean more = step();
                if (failing) {
                    LOG.atInfo().addKeyValue("sink", name).log("audit sink takes records again");
                    failing = false;
                }
                retry = firstRetry;
                if (!more && isOver(PAUSE)) {
                    return;
                }
            } catch (IOException | RuntimeException e) {
                failed(e, retry);
                if (isOver(retry)) {
                    return;
                }
                retry = retry.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : retry.multipliedBy(2);
            }
        }
    }

    private void failed(Exception cause, Duration retry) {
        LOG.atWarn()
                .addKeyValue("sink", name)
                .addKeyValue("cause", cause.toString())
                .addKeyValue("behind", backlog())
                .addKeyValue("again", retry)
                .log("audit sink failed");
        failing = true;
    }

    /** Delivers a batch; false if there was none. */
    private boolean step() throws IOException {
        long first = tail.first();
        if (first > next) {
            long missed = next;
            reached(first);
            skips.skipped(name, missed, first);
        }
        List<Entry> batch = tail.read(next, MOST_RECORDS, MOST_BYTES);
        if (batch.isEmpty()) {
            return false;
        }
        sink.deliver(batch);
        reached(batch.get(batch.size() - 1).seq() + 1);
        return true;
    }

    private void reached(long after) throws IOException {
        cursor.write(new Cursor.Place(after, joined));
        next = after;
    }

    /** Waits so long; true at once when it is to end. */
    private boolean isOver(Duration wait) {
        lock.lock();
        try {
            long nanos = wait.toNanos();
            while (!closing && nanos > 0) {
                nanos = wake.awaitNanos(nanos);
            }
            return closing;
        } catch (InterruptedException e) {
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends after the batch that is under way, or in five seconds: what is not sent is sent after the next start. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closing = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sink.close();
    }
}
