package io.entrepot.server.audit.tlog;

import java.time.Duration;

/**
 * When checkpoints are signed.
 *
 * @param origin the name of the log, in each checkpoint
 * @param every how long a record waits for its checkpoint at most
 * @param records after so many records there is a checkpoint in any case
 * @param heartbeat when nothing happens, a checkpoint is signed nevertheless, so that it can be shown that nothing did
 */
public record SealerOptions(String origin, Duration every, int records, Duration heartbeat) {

    public SealerOptions {
        if (records < 1) {
            throw new IllegalArgumentException("records: " + records + " (expected: >= 1)");
        }
        if (every.isNegative() || every.isZero() || heartbeat.compareTo(every) < 0) {
            throw new IllegalArgumentException(
                    "every " + every + ", heartbeat " + heartbeat + " (expected: > 0, and the heartbeat not shorter)");
        }
    }

    /** Every second or 10,000 records; when nothing happens, every minute. */
    public static SealerOptions of(String origin) {
        return new SealerOptions(origin, Duration.ofSeconds(1), 10_000, Duration.ofMinutes(1));
    }
}
