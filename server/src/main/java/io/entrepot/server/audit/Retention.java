package io.entrepot.server.audit;

import io.entrepot.server.audit.KeptLog.Settings;
import io.entrepot.server.audit.tlog.LogRecords;
import io.entrepot.server.audit.tlog.SealedStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Which records go, a volume at a time, the oldest first; their hashes stay. For its age a volume goes when every sink has it; for
 * its size in any case, unless a sink claims it ({@link Followers#claim}). That it goes is on record before it does: what is gone
 * without a word was taken away, and {@code audit verify} says so.
 */
final class Retention {

    private static final long VOLUME = 65_536;

    /** So many records are read in one go in any case. */
    private static final long BUNDLE = 256;

    /** Old records go before space becomes scarce. */
    private static final double FULL = 0.75;

    private final Settings settings;
    private final SealedStore sealed;
    private final LogRecords records;
    private final Followers followers;
    private Announced announced = new Announced(-1, CompletableFuture.completedFuture(AuditLog.NONE)); // who steps

    /** That records below this go is on record when this is complete. */
    private record Announced(long below, CompletableFuture<Long> record) {}

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
        if (announced.below == first && announced.record.isCompletedExceptionally()) {
            announced = new Announced(first, notices.pruning(first - VOLUME, first));
        }
        if (next > sealed.size()) {
            return false;
        }
        boolean large = used > FULL * settings.maxSize();
        boolean claimed = large && followers.claim(next);
        followers.full(claimed && used > settings.maxSize() ? next : 0);
        if (claimed || !large && !(followers.have(next) && isTooOld(next))) {
            return false;
        }
        if (!isAnnounced(first, next, large, notices)) {
            return false;
        }
        sealed.prune(next);
        notices.pruned(first, next);
        return true;
    }

    /**
     * Whether it is on record that these go; if it is not, that is begun. Where nothing can be recorded and the log is large, they
     * go all the same, for that may be what gives it room, and it is said as soon as it can be.
     */
    private boolean isAnnounced(long first, long next, boolean large, Notices notices) {
        boolean asked = announced.below == next;
        if (asked && announced.record.isDone() && (large || !announced.record.isCompletedExceptionally())) {
            return true;
        }
        if (!asked || announced.record.isDone()) {
            announced = new Announced(next, notices.pruning(first, next));
        }
        return false;
    }

    /** By the last record of the volume that can be read. */
    private boolean isTooOld(long next) throws IOException {
        if (settings.keep().isZero()) {
            return false;
        }
        Instant[] time = {Instant.MAX};
        records.read(
                next - BUNDLE,
                next,
                (index, record) -> time[0] = Stamps.timeOf(record).orElse(time[0]));
        return time[0].isBefore(Instant.now().minus(settings.keep()));
    }
}
