package io.entrepot.server.audit.journal;

import java.io.IOException;

/**
 * The journal cannot be written. A record that waited may be in it or not, and nobody may rely on it.
 *
 * <p>One object for all that failed together.
 */
public final class JournalFailed extends IOException {

    JournalFailed(Throwable cause) {
        super("journal cannot be written: " + cause.getMessage(), cause);
    }
}
