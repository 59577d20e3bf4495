package io.entrepot.server.audit.journal;

import java.io.IOException;
import java.time.Instant;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what the intake gathers, on a thread of its own: a batch, one force, then those who wait are told.
 *
 * <pre>
 * writing ──a segment fails──► the same records into a new one ──► writing
 *                                        └──fails too──► failed ──a new segment can be written──► writing
 * </pre>
 *
 * <p>A segment on which a write or a force failed is never touched again. The new one begins with the first record that is not
 * acknowledged, so that it is the only place where a reader looks for it; what of the batch the old one holds is not read.
 */
final class Writer implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

    private final JournalOptions options;
    private final JournalListener listener;
    private final Intake intake;
    private final Segments segments;
    private final Watermark watermark;
    private final Batch batch = new Batch();
    private final Resumption resumption = new Resumption();
    private volatile long durable;
    private volatile long next;

    // of the writer's thread
    private @Nullable Segment current;
    private boolean marks = true;

    Writer(
            JournalOptions options,
            JournalListener listener,
            Intake intake,
            Segments segments,
            Watermark watermark,
            @Nullable Segment last,
            long next) {
        this.options = options;
        this.listener = listener;
        this.intake = intake;
        this.segments = segments;
        this.watermark = watermark;
        this.current = last;
        this.durable = next;
        this.next = next;
    }

    long durable() {
        return durable;
    }

    long next() {
        return next;
    }

    @Override
    public void run() {
        Queue<Pending> waiting = intake.take();
        while (!waiting.isEmpty() || !intake.isClosing()) {
            write(waiting);
            waiting = intake.take();
        }
        write(intake.refuse(new JournalClosed()));
        close();
    }

    private void write(Queue<Pending> waiting) {
        try {
            while (!waiting.isEmpty()) {
                commit(waiting);
            }
        } catch (IOException e) {
            fail(waiting, e);
        } catch (RuntimeException | Error e) {
            abandon(new IOException(e));
            fail(waiting, new IOException(e));
        }
    }

    private void commit(Queue<Pending> waiting) throws IOException {
        try {
            append(waiting);
        } catch (IOException first) {
            abandon(first);
            try {
                append(waiting);
            } catch (IOException second) {
                abandon(second);
                second.addSuppressed(first);
                throw second;
            }
        }
    }

    /** Makes as many of these durable as are one batch, and takes them from the queue. */
    private void append(Queue<Pending> waiting) throws IOException {
        Segment segment = roomFor(waiting.element());
        batch.begin(segment, durable);
        for (Pending record : waiting) {
            if (!batch.add(record)) {
                break;
            }
        }
        next = durable + batch.records();
        segment.append(batch.frames());
        settle(waiting, batch.records());
    }

    private Segment roomFor(Pending record) throws IOException {
        @Nullable Segment segment = current;
        if (segment != null && segment.room() >= Frame.sizeOf(record.made().length)) {
            return segment;
        }
        close();
        Segment fresh = segments.open(durable);
        current = fresh;
        return fresh;
    }

    private void settle(Queue<Pending> waiting, int records) {
        long first = durable;
        // before anybody here can sign them: who reads the log from elsewhere finds what a checkpoint covers
        mark(next);
        durable = next;
        for (int i = 0; i < records; i++) {
            resumption.add(waiting.remove(), first + i);
        }
        resumption.succeed();
    }

    /** Other processes see less until the next time; nothing is lost by that. */
    private void mark(long forced) {
        try {
            watermark.write(forced);
            marks = true;
        } catch (IOException e) {
            if (marks) {
                LOG.atWarn().addKeyValue("cause", e).log("readers in other processes not told of new records");
            }
            marks = false;
        }
    }

    private void abandon(IOException cause) {
        @Nullable Segment segment = current;
        if (segment != null) {
            close();
            tell(() -> listener.abandoned(segment.path(), cause));
        }
    }

    private void close() {
        @Nullable Segment segment = current;
        current = null;
        try {
            if (segment != null) {
                segment.close();
            }
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("segment", segment.path())
                    .addKeyValue("cause", e)
                    .log("segment not closed");
        }
    }

    private void fail(Queue<Pending> waiting, IOException cause) {
        JournalFailed failure = new JournalFailed(cause);
        Instant since = options.clock().instant();
        long refusedBefore = intake.refused();
        Queue<Pending> more = intake.refuse(failure);
        long lost = (long) waiting.size() + more.size();
        next = durable;
        waiting.forEach(record -> resumption.add(record, -1));
        more.forEach(record -> resumption.add(record, -1));
        waiting.clear();
        resumption.fail(failure);
        tell(() -> listener.failed(cause));
        if (isBack()) {
            intake.admit();
            long refused = lost + intake.refused() - refusedBefore;
            tell(() -> listener.recovered(new Outage(since, options.clock().instant(), refused, cause)));
        }
    }

    /** Tries until a new segment can be written; false if the journal is closed before. */
    private boolean isBack() {
        long wait = options.retry().toNanos();
        while (true) {
            intake.pause(wait);
            if (intake.isClosing()) {
                return false;
            }
            try {
                Segment segment = segments.open(durable);
                current = segment;
                segment.prove();
                return true;
            } catch (IOException | RuntimeException e) {
                LOG.atDebug().addKeyValue("cause", e).log("journal still cannot be written");
                close();
            }
            wait = Math.min(2 * wait, options.retryAtMost().toNanos());
        }
    }

    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("cause", e).log("journal's listener failed");
        }
    }
}
