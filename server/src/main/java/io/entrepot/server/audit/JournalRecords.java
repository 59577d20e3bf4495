package io.entrepot.server.audit;

import io.entrepot.server.audit.journal.Journal;
import io.entrepot.server.audit.journal.Space;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** Records in a journal on the disk. */
public final class JournalRecords implements AuditRecords {

    /** The last fifth is for what must be recorded. */
    private static final double SCARCE = 0.8;

    private final Journal journal;
    private final long maxSize;
    private final AtomicLong lost = new AtomicLong();
    private volatile boolean scarce;

    /** @param maxSize that the log may have, in bytes */
    public JournalRecords(Journal journal, long maxSize) {
        this.journal = journal;
        this.maxSize = maxSize;
    }

    @Override
    public CompletableFuture<Long> append(byte[] record, Executor resume) {
        return journal.append(record, resume);
    }

    @Override
    public void post(byte[] record) {
        if (!journal.offer(record)) {
            lost.incrementAndGet();
        }
    }

    /** Records for which nobody waited and that could not be written, since the start. */
    public long lost() {
        return lost.get();
    }

    @Override
    public boolean isScarce() {
        return scarce;
    }

    /**
     * Looks again how much space is left. May block; to be called every few seconds.
     *
     * @param sealed the bytes of the log beside the journal
     */
    public Space measure(long sealed) throws IOException {
        Space space = journal.space();
        long used = space.used() + sealed;
        scarce = used > SCARCE * Math.min(maxSize, used + space.free());
        return space;
    }
}
