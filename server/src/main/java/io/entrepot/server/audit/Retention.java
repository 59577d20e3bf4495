package io.entrepot.server.audit;

import io.entrepot.server.audit.KeptLog.Settings;
import io.entrepot.server.audit.tlog.LogRecords;
import io.entrepot.server.audit.tlog.SealedStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * Which records go, a volume at a time, the oldest first; their hashes stay. For its age a volume goes when every sink has it; for
 * its size in any case, unless a sink claims it ({@link Followers#claim}).
 */
final class Retention {

    private static final long VOLUME = 65_536;

    /** Old records go before space becomes scarce. */
    private static final double FULL = 0.75;

    private final Settings settings;
    private final SealedStore sealed;
    private final LogRecords records;
    private final Followers followers;

    Retention(Settings settings, SealedStore sealed, LogRecords records, Followers followers) {
        this.settings = settings;
        this.sealed = sealed;
        this.records = records;
        this.followers = followers;
    }

    /** Bytes of what is sealed. Blocks. */
    long sealed() throws IOException {
        try (Stream<Path> files = Files.walk(sealed.directory())) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (UncheckedIOException e) {
            // one was deleted meanwhile; the next look is soon
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Lets the oldest volume go, if it should; returns whether it went. Blocks.
     *
     * @param used bytes of the log
     */
    boolean step(long used, Notices notices) throws IOException {
        long first = sealed.minimum();
        long next = first + VOLUME;
        if (next > sealed.size()) {
            return false;
        }
        boolean large = used > FULL * settings.maxSize();
        boolean claimed = large && followers.claim(next);
        followers.full(claimed && used > settings.maxSize() ? next : 0);
        if (claimed || !large && !(followers.have(next) && isTooOld(next - 1))) {
            return false;
        }
        sealed.prune(next);
        notices.pruned(first, next);
        return true;
    }

    private boolean isTooOld(long seq) throws IOException {
        if (settings.keep().isZero()) {
            return false;
        }
        Instant[] time = {Instant.MAX};
        records.read(
                seq, seq + 1, (index, record) -> time[0] = Stamps.timeOf(record).orElse(Instant.MAX));
        return time[0].isBefore(Instant.now().minus(settings.keep()));
    }
}
