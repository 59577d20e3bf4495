package io.entrepot.server;

import io.entrepot.config.AuditConfig;
import io.entrepot.server.admin.Metrics;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.audit.AuditRecords;
import io.entrepot.server.audit.JournalRecords;
import io.entrepot.server.audit.Pseudonyms;
import io.entrepot.server.audit.journal.Gap;
import io.entrepot.server.audit.journal.Journal;
import io.entrepot.server.audit.journal.JournalListener;
import io.entrepot.server.audit.journal.JournalOptions;
import io.entrepot.server.audit.journal.Outage;
import io.entrepot.server.audit.journal.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The audit log of a mirror that runs: opened first and closed last, so that everything between is on record. */
final class Auditing implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Auditing.class);

    private final AuditConfig config;
    private final AuditLog log;
    private final @Nullable Journal journal;
    private final @Nullable JournalRecords records;
    private volatile @Nullable Space space;

    private Auditing(AuditConfig config, Supplier<Executor> here) throws IOException {
        this.config = config;
        boolean degrade = config.onFailure() == AuditConfig.OnFailure.DEGRADE;
        Pseudonyms names =
                config.pseudonyms().map(key -> Pseudonyms.under(key.reveal())).orElse(Pseudonyms.NONE);
        if (config.durability() == AuditConfig.Durability.OFF) {
            this.journal = null;
            this.records = null;
            this.log = new AuditLog(AuditRecords.NONE, here, names, degrade);
            return;
        }
        Desk desk = new Desk();
        this.journal = Journal.open(
                config.path().resolve("journal"), JournalOptions.DEFAULT.withSegmentBytes(config.segmentSize()), desk);
        this.records = new JournalRecords(journal, config.maxSize());
        this.log = new AuditLog(records, here, names, degrade);
        desk.opened(log);
    }

    /** @param here the executor of the thread that calls */
    static Auditing open(AuditConfig config, Supplier<Executor> here) throws StartException {
        try {
            return new Auditing(config, here);
        } catch (IOException e) {
            throw new StartException("audit.path: " + config.path() + ": " + e.getMessage());
        }
    }

    AuditLog log() {
        return log;
    }

    /** Why clients should not come: nothing can be recorded, and nothing is given off the record. */
    Optional<String> obstacle() {
        return journal == null || journal.isWritable() || config.onFailure() == AuditConfig.OnFailure.DEGRADE
                ? Optional.empty()
                : Optional.of("the audit log cannot be written");
    }

    void metrics(Metrics metrics) {
        if (journal == null || records == null) {
            return;
        }
        Journal open = journal;
        JournalRecords kept = records;
        metrics.gauge("entrepot_audit_writable", "1 while records can be written.", () -> open.isWritable() ? 1 : 0);
        metrics.counter("entrepot_audit_records_total", "Records in the log, from its first day on.", open::durable);
        metrics.counter(
                "entrepot_audit_refused_records_total",
                "Records that could not be taken, since the start.",
                open::refused);
        metrics.counter(
                "entrepot_audit_lost_records_total",
                "Records that nobody waited for and that could not be written, since the start.",
                kept::lost);
        metrics.gauge(
                "entrepot_audit_spare_segments",
                "Segments that stand ready: a full disk stops nothing until they are used up.",
                () -> measured(Space::spares));
        metrics.gauge("entrepot_audit_journal_bytes", "Bytes of the journal.", () -> measured(Space::used));
        metrics.gauge("entrepot_audit_free_bytes", "Bytes free on the volume of the log.", () -> measured(Space::free));
    }

    private double measured(ToDoubleFunction<Space> what) {
        Space known = space;
        return known == null ? 0 : what.applyAsDouble(known);
    }

    /** Writes what was counted, and looks how much space is left. Blocks; every few seconds. */
    void lookAfter() {
        log.flush();
        if (records != null) {
            try {
                space = records.measure(0);
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("cause", e.toString()).log("space of the audit log not known");
            }
        }
    }

    @Override
    public void close() throws IOException {
        log.flush();
        if (journal != null) {
            journal.close();
        }
    }

    /** What the journal notices goes to the operator, and into the log as soon as that can be written again. */
    private static final class Desk implements JournalListener {

        private @Nullable AuditLog log;
        private final List<Gap> early = new ArrayList<>();

        synchronized void opened(AuditLog opened) {
            log = opened;
            early.forEach(opened::missing);
            early.clear();
        }

        @Override
        public synchronized void gap(Gap gap) {
            LOG.atError()
                    .addKeyValue("from", gap.from())
                    .addKeyValue("to", gap.to())
                    .addKeyValue("why", gap.why())
                    .log("records of the audit log are missing");
            if (log == null) {
                early.add(gap);
            } else {
                log.missing(gap);
            }
        }

        @Override
        public void abandoned(Path segment, IOException cause) {
            LOG.atWarn()
                    .addKeyValue("segment", segment)
                    .addKeyValue("cause", cause.toString())
                    .log("audit segment given up");
        }

        @Override
        public void failed(IOException cause) {
            LOG.atError().addKeyValue("cause", cause.toString()).log("audit log cannot be written");
        }

        @Override
        public void recovered(Outage outage) {
            LOG.atWarn()
                    .addKeyValue("since", outage.from())
                    .addKeyValue("refused", outage.refused())
                    .log("audit log can be written again");
            AuditLog open;
            synchronized (this) {
                open = log;
            }
            if (open != null) {
                open.writableAgain(outage);
            }
        }

        @Override
        public void noSpare(int left, IOException cause) {
            LOG.atWarn()
                    .addKeyValue("left", left)
                    .addKeyValue("cause", cause.toString())
                    .log("no spare audit segment made");
        }
    }
}
