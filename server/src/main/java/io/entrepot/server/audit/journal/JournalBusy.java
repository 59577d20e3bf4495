package io.entrepot.server.audit.journal;

import java.io.IOException;

/** More records wait than the journal takes; this one was not taken. */
public final class JournalBusy extends IOException {

    JournalBusy(int records, long bytes, JournalOptions options) {
        super("journal is busy: " + records + " records, " + bytes + " bytes wait (expected: at most "
                + options.queueRecords() + ", " + options.queueBytes() + ")");
    }
}
