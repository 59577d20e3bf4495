package io.entrepot.server.audit.tlog;

import java.time.Instant;
import java.util.Optional;

/**
 * Where the log is held fast: a checkpoint that whoever can write the log cannot have written, and that it agrees with.
 *
 * @param by the file that the auditor brought, or the witness that signed
 * @param time when a witness signed or, for want of one, when the log itself says that it did
 */
public record Anchor(String by, long size, Optional<Instant> time) {

    @Override
    public String toString() {
        return "anchored to " + by + " at size " + size
                + time.map(at -> " (" + at + ")").orElse("");
    }
}
