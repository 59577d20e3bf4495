package io.entrepot.server.audit.journal;

import java.io.IOException;

/** The journal is closed; the record was not taken. */
public final class JournalClosed extends IOException {

    JournalClosed() {
        super("journal is closed");
    }
}
