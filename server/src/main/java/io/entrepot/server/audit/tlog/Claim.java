package io.entrepot.server.audit.tlog;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What somebody says that the root is at a size.
 *
 * @param name what it is called in findings
 * @param brought it came from elsewhere, and its signature holds
 * @param known a key that was named has signed it
 * @param time when it was signed, as the log says
 * @param cosigned by which witnesses, of those that were named
 */
record Claim(
        String name,
        boolean brought,
        boolean known,
        Checkpoint head,
        Optional<Instant> time,
        List<Note.Verified> cosigned) {}
