package io.entrepot.server.audit;

import io.entrepot.server.audit.export.Exporter;
import io.entrepot.server.audit.export.Sink;
import io.entrepot.server.audit.journal.Body;
import io.entrepot.server.audit.journal.Journal;
import io.entrepot.server.audit.journal.JournalOptions;
import io.entrepot.server.audit.journal.Space;
import io.entrepot.server.audit.tlog.CheckpointSink;
import io.entrepot.server.audit.tlog.LogRecords;
import io.entrepot.server.audit.tlog.SealedStore;
import io.entrepot.server.audit.tlog.Sealer;
import io.entrepot.server.audit.tlog.SealerOptions;
import io.entrepot.server.audit.tlog.SignedCheckpoint;
import io.entrepot.server.audit.tlog.SigningKeys;
import io.entrepot.server.audit.tlog.TlogFiles;
import io.entrepot.server.audit.tlog.VerifierKey;
import io.entrepot.server.audit.tlog.Witness;
import io.entrepot.server.net.HttpClient;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A log on the disk, as the one process has it that writes it: records become durable in the journal, are sealed in volumes
 * behind that, and signed every second; sinks follow.
 *
 * <pre>
 *   append ──► journal (forced) ──► acknowledged
 *                 └──► tree, checkpoint signed ──► volume sealed and read back ──► the journal forgets it
 *                 └──► sinks, each at its own pace
 * </pre>
 */
public final class KeptLog implements AuditRecords, Closeable {

    private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(1);
    private static final int CHECKPOINT_RECORDS = 10_000;
    private static final Duration HEARTBEAT = Duration.ofMinutes(1);

    private static final Duration BOTH_KEYS = Duration.ofDays(7);

    /** The last fifth is for what must be recorded. */
    private static final double SCARCE = 0.8;

    /**
     * What is known of it beforehand.
     *
     * @param key the file of the signing keys, not in {@code directory}
     * @param origin its name in checkpoints
     * @param named whether the operator chose that name; else that of the first key goes on
     * @param maxSize of all of it, in bytes; of more, the oldest volumes go
     * @param keep volumes that are older go too; zero: none for their age
     * @param degrade whether pulls go on while a sink is too far behind, and what it does not have may go
     */
    public record Settings(
            Path directory,
            Path key,
            String origin,
            boolean named,
            long segmentBytes,
            long maxSize,
            Duration keep,
            boolean degrade) {}

    private final Settings settings;
    private final LogLayout layout;
    private final Notices notices;
    private final SealedStore sealed;
    private final Journal journal;
    private final List<JournalSource> sources = new CopyOnWriteArrayList<>();
    private final LogRecords records;
    private final SigningKeys keys;
    private final Sealer sealer;
    private final TlogFiles files;
    private final Growth growth = new Growth(System::nanoTime);
    private final Stall stall = new Stall(System::nanoTime);
    private final AtomicLong lost = new AtomicLong();
    private final Followers followers;
    private final Retention retention;
    private volatile boolean scarce;

    /** @param journal locked: whatever else lies in the directory is this process' alone */
    private KeptLog(Settings settings, LogLayout layout, Notices notices, Journal journal, long sealedBefore)
            throws IOException {
        this.settings = settings;
        this.layout = layout;
        this.notices = notices;
        this.journal = journal;
        this.sealed = SealedStore.open(layout.sealed());
        if (sealed.size() != sealedBefore) {
            throw new IOException("another process has written " + settings.directory() + " until now (expected: one)");
        }
        this.keys = SigningKeys.open(
                settings.key(), settings.directory(), layout.sealed(), settings.origin(), Instant.now());
        this.records = new LogRecords(sealed, source());
        this.sealer = Sealer.open(
                sealed,
                source(),
                keys,
                new SealerOptions(origin(), CHECKPOINT_EVERY, CHECKPOINT_RECORDS, HEARTBEAT),
                notices.ofSealer(journal::forget),
                Clock.systemUTC());
        this.files = new TlogFiles(sealed, source(), sealer);
        this.followers = new Followers(notices, settings.degrade(), InstantSource.system());
        this.retention = new Retention(settings, sealed, records, followers);
    }

    /** For one who follows the journal. */
    private JournalSource source() {
        JournalSource source = JournalSource.of(journal);
        sources.add(source);
        return source;
    }

    /**
     * Opens or makes it. Blocks.
     *
     * @throws IOException if the disk fails, another process has it open, or its key cannot be used
     */
    public static KeptLog open(Settings settings) throws IOException {
        OwnerOnly.log(settings.directory());
        Path beside = settings.key().toAbsolutePath().getParent();
        if (beside != null) {
            OwnerOnly.key(beside, settings.key());
        }
        LogLayout layout = new LogLayout(settings.directory());
        Notices notices = new Notices();
        // the journal's lock comes before anything is changed; what is sealed is looked at, and opened behind it
        long sealed = SealedStore.read(layout.sealed()).size();
        Journal journal = Journal.open(
                layout.journal(),
                JournalOptions.DEFAULT.withSegmentBytes(settings.segmentBytes()).withFirst(sealed),
                notices.ofJournal());
        try {
            return new KeptLog(settings, layout, notices, journal, sealed);
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    /** Checkpoints go there too; to be said before the start. */
    public KeptLog checkpointsTo(CheckpointSink sink) {
        sealer.to(sink);
        return this;
    }

    /** A witness signs them too; to be said before the start. */
    public KeptLog witnessedBy(HttpClient http, URI prefix, VerifierKey key, Executor blocking) {
        sealer.to(new Witness(http, prefix, key, sealer, blocking));
        return this;
    }

    /** Signs from now on; what it notices goes to this log. */
    public void start(AuditLog log) {
        notices.opened(log);
        followers.look();
        sealer.start();
    }

    /**
     * Follows it with a sink, from where that was the last time.
     *
     * @param limit so many records may wait for it, before pulls wait too or old records go unsent
     */
    public void export(String name, Sink sink, long limit) throws IOException {
        LogTail tail = new LogTail(new LogRecords(sealed, source()));
        followers.add(Exporter.start(name, tail, sink, layout.cursors(), notices::skipped), limit);
    }

    /** Derives something from it, and puts it elsewhere: from records below this it is there. */
    public void derivedBelow(LongSupplier below) {
        followers.derived(below);
    }

    /** Where it stands how far what follows it is. */
    public Path cursors() {
        return layout.cursors();
    }

    /** Its name in checkpoints. */
    public String origin() {
        String first = keys.periods().get(0).key().name();
        return settings.named() ? settings.origin() : first;
    }

    public List<Exporter> exporters() {
        return followers.exporters();
    }

    /** Sinks for which more records wait than may. */
    public long overdue() {
        return followers.overdue();
    }

    @Override
    public Optional<String> held() {
        return followers.held();
    }

    @Override
    public CompletableFuture<Long> append(Body record, Executor resume) {
        if (stall.isNow()) {
            return CompletableFuture.failedFuture(new IOException("the disk of the audit log does not answer"));
        }
        stall.begun();
        return journal.append(record, resume).whenComplete((number, failure) -> stall.ended());
    }

    /**
     * Looks whether the disk answers, and how far sinks are. Never blocks; to be called every second, on a thread that nothing
     * else keeps.
     */
    public void watch() {
        stall.look();
        followers.look();
    }

    @Override
    public boolean post(Body record) {
        boolean taken = journal.offer(record);
        if (!taken) {
            lost.incrementAndGet();
        }
        return taken;
    }

    @Override
    public boolean isScarce() {
        return scarce;
    }

    @Override
    public boolean isWritable() {
        return journal.isWritable() && !stall.isNow();
    }

    /** False when nothing is signed any more: what is on the disk contradicts what was signed. */
    public boolean isSealing() {
        return notices.isSealing();
    }

    /** Records below this are on the disk. */
    public long durable() {
        return journal.durable();
    }

    /** The first record that is kept: those below went. */
    public long first() {
        return records.first();
    }

    /** Records that could not be taken, since the start. */
    public long refused() {
        return journal.refused();
    }

    /** Records for which nobody waited and that could not be written, since the start. */
    public long lost() {
        return lost.get();
    }

    /** Bytes on the disk, as last measured. */
    public long bytes() {
        return growth.bytes();
    }

    /** Days until its space is used up, if it grows as in the last day; negative: not known. */
    public double daysLeft() {
        return growth.daysLeft();
    }

    /** Seconds since a checkpoint was signed; negative: none was yet. */
    public double checkpointAge() {
        return notices.checkpointAge();
    }

    /** Places, and witnesses, that did not take the last checkpoint. */
    public long unhanded() {
        return sealer.unhanded();
    }

    /** It as plain files of C2SP tlog-tiles. */
    public TlogFiles files() {
        return files;
    }

    /** A checkpoint over all that is durable now. */
    public CompletableFuture<SignedCheckpoint> checkpoint() {
        return sealer.checkpoint();
    }

    /** A new key signs from now on; the one before it signs as well for a week, so that whoever knows that one goes on. Blocks. */
    public VerifierKey rotate() throws IOException {
        return keys.rotate(Instant.now(), BOTH_KEYS);
    }

    public Optional<SignedCheckpoint> newest() {
        return sealer.newest();
    }

    public Path directory() {
        return settings.directory();
    }

    /** Lets go what may go, and looks how much space is left. Blocks; to be called every few seconds. */
    public Space lookAfter() throws IOException {
        Space space = journal.space();
        long used = space.used() + retention.sealed();
        long whole = Math.min(settings.maxSize(), used + space.free());
        growth.measured(used, whole);
        boolean pruned = retention.step(used, notices);
        scarce = !pruned && used > SCARCE * whole;
        return space;
    }

    /** Signs a last checkpoint, and closes. */
    @Override
    public void close() throws IOException {
        try (journal;
                sealer) {
            followers.close();
        } finally {
            closeSources();
        }
    }

    private void closeSources() throws IOException {
        for (JournalSource source : sources) {
            source.close();
        }
    }
}
