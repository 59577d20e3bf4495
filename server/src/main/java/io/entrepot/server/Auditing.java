package io.entrepot.server;

import io.entrepot.config.AuditConfig;
import io.entrepot.config.ConfigException;
import io.entrepot.config.Secret;
import io.entrepot.server.admin.Metrics;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.audit.AuditRecords;
import io.entrepot.server.audit.KeptLog;
import io.entrepot.server.audit.KeptLog.Settings;
import io.entrepot.server.audit.Naming;
import io.entrepot.server.audit.NodeNames;
import io.entrepot.server.audit.Pseudonyms;
import io.entrepot.server.audit.export.Exporter;
import io.entrepot.server.audit.export.ParquetBucket;
import io.entrepot.server.audit.export.Sink;
import io.entrepot.server.audit.journal.Space;
import io.entrepot.server.audit.query.QueryProcess;
import io.entrepot.server.audit.tlog.CheckpointSink;
import io.entrepot.server.audit.tlog.VerifierKey;
import io.entrepot.server.net.HttpClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The audit log of a mirror that runs: opened before what is recorded, and closed after it. */
final class Auditing implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Auditing.class);

    private final AuditConfig config;
    private final AuditLog log;
    private final @Nullable KeptLog kept;
    private final NodeNames nodes;
    private volatile @Nullable Space space;

    private Auditing(AuditConfig config, Supplier<Executor> here) throws IOException, ConfigException {
        this.config = config;
        this.nodes = config.nodes().isPresent() ? NodeNames.in(config.nodes().get()) : NodeNames.NONE;
        this.kept = config.durability() == AuditConfig.Durability.OFF ? null : KeptLog.open(settings(config));
        this.log = new AuditLog(
                kept == null ? AuditRecords.NONE : kept,
                here,
                naming(config, nodes),
                config.onFailure() == AuditConfig.OnFailure.DEGRADE);
    }

    private static Naming naming(AuditConfig config, NodeNames nodes) {
        Optional<String> key = config.pseudonyms().map(Secret::reveal);
        return new Naming(
                key.map(Pseudonyms::under).orElse(Pseudonyms.NONE),
                key.filter(any -> config.pseudonymousClients())
                        .map(Pseudonyms::ofAddresses)
                        .orElse(Pseudonyms.NONE),
                nodes);
    }

    /** Signs from now on; what was signed goes to these places, and to a witness, if there is one. */
    void start(List<CheckpointSink> checkpoints, Optional<Witnessing> witness) {
        if (kept != null) {
            checkpoints.forEach(kept::checkpointsTo);
            witness.ifPresent(one -> kept.witnessedBy(one.http(), one.url(), one.key(), one.blocking()));
            kept.start(log);
        }
    }

    /** Who signs too, and how it is asked. */
    record Witnessing(HttpClient http, URI url, VerifierKey key, Executor blocking) {}

    private static Settings settings(AuditConfig config) {
        return new Settings(
                config.path(),
                config.key(),
                config.origin().isEmpty() ? hostName() + "/entrepot" : config.origin(),
                !config.origin().isEmpty(),
                config.segmentSize(),
                config.maxSize(),
                config.keep(),
                config.onFailure() == AuditConfig.OnFailure.DEGRADE);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "-");
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** @param here the executor of the thread that calls */
    static Auditing open(AuditConfig config, Supplier<Executor> here) throws StartException {
        try {
            return new Auditing(config, here);
        } catch (IOException e) {
            throw new StartException("audit.path: " + config.path() + ": " + e.getMessage());
        } catch (ConfigException e) {
            throw new StartException("audit.nodes: " + e.getMessage());
        }
    }

    AuditLog log() {
        return log;
    }

    /** What is kept; empty if nothing is. */
    Optional<KeptLog> kept() {
        return Optional.ofNullable(kept);
    }

    /** Follows the log with these sinks, by name. */
    void export(List<Named> sinks) throws StartException {
        if (kept == null) {
            return;
        }
        for (Named sink : sinks) {
            try {
                kept.export(sink.name(), sink.sink(), sink.limit());
            } catch (IOException e) {
                throw new StartException("audit.export: " + sink.name() + ": " + e.getMessage());
            }
        }
    }

    /** Puts what is derived from it into a bucket; what does is to be stepped every minute. */
    Optional<ParquetExport> parquet(Buckets buckets, QueryProcess process, Opened opened) throws StartException {
        if (kept == null || config.parquet().isEmpty()) {
            return Optional.empty();
        }
        AuditConfig.Parquet parquet = config.parquet().get();
        try {
            Path state = Files.createDirectories(kept.cursors()).resolve("_parquet");
            ParquetBucket bucket = opened.add(new ParquetBucket(buckets.open(parquet.bucket()), kept.origin(), state));
            kept.derivedBelow(bucket::shipped);
            return Optional.of(new ParquetExport(kept, process, bucket, parquet.every(), System::nanoTime));
        } catch (IOException e) {
            throw new StartException("audit.parquet: " + e.getMessage());
        }
    }

    /** A sink, by which name it is known how far it is, and how many records may wait for it. */
    record Named(String name, Sink sink, long limit) {}

    /** Why clients should not come: nothing can be recorded, or must be sent first, and nothing is given off the record. */
    Optional<String> obstacle() {
        if (kept != null && kept.held().isPresent()) {
            return kept.held();
        }
        return kept == null || kept.isWritable() || config.onFailure() == AuditConfig.OnFailure.DEGRADE
                ? Optional.empty()
                : Optional.of("the audit log cannot be written");
    }

    void metrics(Metrics metrics) {
        if (kept == null) {
            return;
        }
        KeptLog open = kept;
        metrics.gauge("entrepot_audit_writable", "1 while records can be written.", () -> open.isWritable() ? 1 : 0);
        metrics.counter("entrepot_audit_records_total", "Records in the log, from its first day on.", open::durable);
        metrics.counter(
                "entrepot_audit_refused_records_total",
                "Records that could not be taken, since the start.",
                open::refused);
        metrics.counter(
                "entrepot_audit_lost_records_total",
                "Records that nobody waited for and that could not be written, since the start.",
                open::lost);
        metrics.gauge(
                "entrepot_audit_spare_segments",
                "Segments that stand ready: a full disk stops nothing until they are used up.",
                () -> measured(Space::spares));
        metrics.gauge("entrepot_audit_bytes", "Bytes of the log.", open::bytes);
        metrics.gauge("entrepot_audit_free_bytes", "Bytes free on the volume of the log.", () -> measured(Space::free));
        metrics.gauge(
                "entrepot_audit_days_left",
                "Days until the space of the log is used up, if it grows as in the last day; -1: not known.",
                open::daysLeft);
        metrics.gauge(
                "entrepot_audit_checkpoint_age_seconds",
                "Seconds since a checkpoint was signed; -1: none was since the start.",
                open::checkpointAge);
        metrics.gauge(
                "entrepot_audit_sealing",
                "0 when nothing is signed any more, because the log contradicts what was signed.",
                () -> open.isSealing() ? 1 : 0);
        metrics.gauge(
                "entrepot_audit_checkpoints_failing",
                "Places of audit.checkpoints, and witnesses, that did not take the last checkpoint.",
                open::unhanded);
        metrics.gauge(
                "entrepot_audit_export_backlog_records",
                "Records that the sink that is furthest behind does not have yet.",
                () -> open.exporters().stream()
                        .mapToLong(Exporter::backlog)
                        .max()
                        .orElse(0));
        metrics.gauge(
                "entrepot_audit_export_overdue",
                "Sinks for which more records wait than audit.export's max-backlog.",
                open::overdue);
        metrics.gauge(
                "entrepot_audit_export_failing",
                "Sinks that do not take records at the moment.",
                () -> open.exporters().stream().filter(Exporter::isFailing).count());
    }

    private double measured(ToDoubleFunction<Space> what) {
        Space known = space;
        return known == null ? 0 : what.applyAsDouble(known);
    }

    /** Looks whether the disk answers. Never blocks; every second. */
    void watch() {
        if (kept != null) {
            kept.watch();
        }
    }

    /** Records what was counted. Never blocks; every few seconds. */
    void flush() {
        log.flush();
    }

    /** Prunes what may go, looks how much space is left, and who nodes are. Blocks; every few seconds. */
    void lookAfter() {
        nodes.follow();
        if (kept != null) {
            try {
                space = kept.lookAfter();
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("cause", e.toString()).log("audit log not looked after");
            }
        }
    }

    @Override
    public void close() throws IOException {
        log.flush();
        if (kept != null) {
            kept.close();
        }
    }
}
