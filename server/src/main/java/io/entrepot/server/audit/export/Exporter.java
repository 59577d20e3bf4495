package io.entrepot.server.audit.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the log to one sink: a batch, then the cursor, then the next. What a sink may not have got comes again, so that a
 * record may arrive twice, and never not at all; its {@code seq} tells. A sink that fails is tried again after a while, which
 * grows; nothing else waits for it. On a thread of its own.
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
    private final Duration firstRetry;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private boolean closing; // guarded by lock
    private volatile long next;
    private volatile boolean failing;

    private Exporter(String name, Tail tail, Sink sink, Cursor cursor, Duration firstRetry) throws IOException {
        this.name = name;
        this.tail = tail;
        this.sink = sink;
        this.cursor = cursor;
        this.firstRetry = firstRetry;
        this.next = cursor.read();
        this.thread = new Thread(this::run, "audit-export-" + name);
        this.thread.setDaemon(true);
    }

    /**
     * Begins where it ended the last time.
     *
     * @param name of the sink, and of the file in {@code cursors} that says how far it is
     */
    public static Exporter start(String name, Tail tail, Sink sink, Path cursors) throws IOException {
        return start(name, tail, sink, cursors, FIRST_RETRY);
    }

    static Exporter start(String name, Tail tail, Sink sink, Path cursors, Duration firstRetry) throws IOException {
        Files.createDirectories(cursors);
        Exporter exporter = new Exporter(name, tail, sink, new Cursor(cursors.resolve(name)), firstRetry);
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
        long from = Math.max(next, tail.first());
        if (from > next) {
            LOG.atError()
                    .addKeyValue("sink", name)
                    .addKeyValue("records", from - next)
                    .log("audit records were pruned unsent");
        }
        List<Entry> batch = tail.read(from, MOST_RECORDS, MOST_BYTES);
        if (batch.isEmpty()) {
            return false;
        }
        sink.deliver(batch);
        long after = batch.get(batch.size() - 1).seq() + 1;
        cursor.write(after);
        next = after;
        return true;
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
