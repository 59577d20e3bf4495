package io.entrepot.server;

import io.entrepot.server.admin.Metrics;
import io.entrepot.server.audit.KeptLog;
import io.entrepot.server.audit.export.ParquetBucket;
import io.entrepot.server.audit.query.DerivedFile;
import io.entrepot.server.audit.query.QueryProcess;
import io.entrepot.server.audit.query.Question;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Derives Parquet and puts it into a bucket, every now and then; after a failure soon again. Nothing is lost while the bucket is
 * away: what is not there yet is derived from records that wait for it.
 */
final class ParquetExport {

    private static final Logger LOG = LoggerFactory.getLogger(ParquetExport.class);

    private final KeptLog log;
    private final QueryProcess process;
    private final ParquetBucket bucket;
    private final Duration every;
    private final LongSupplier nanos;
    private long doneAt; // the thread that steps
    private boolean done; // the thread that steps
    private volatile String complaint = "";

    ParquetExport(KeptLog log, QueryProcess process, ParquetBucket bucket, Duration every, LongSupplier nanos) {
        this.log = log;
        this.process = process;
        this.bucket = bucket;
        this.every = every;
        this.nanos = nanos;
    }

    void metrics(Metrics metrics) {
        metrics.gauge(
                "entrepot_audit_parquet_behind_records",
                "Records whose Parquet is not in its bucket yet.",
                () -> Math.max(0, log.durable() - bucket.shipped()));
        metrics.gauge(
                "entrepot_audit_parquet_failing",
                "1 while Parquet cannot be put into its bucket.",
                () -> complaint.isEmpty() ? 0 : 1);
    }

    /** Blocks; to be called every minute. */
    void step() {
        long end = log.durable();
        boolean due = !done || nanos.getAsLong() - doneAt >= every.toNanos();
        if (!due || end <= bucket.shipped()) {
            return;
        }
        try {
            process.ask(Question.deriveWholeDays(log.directory()));
            bucket.ship(DerivedFile.all(log.directory()), end);
            doneAt = nanos.getAsLong();
            done = true;
            complaint = "";
        } catch (IOException e) {
            complain(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void complain(String cause) {
        done = false;
        if (!cause.equals(complaint)) {
            complaint = cause;
            LOG.atWarn().addKeyValue("cause", cause).log("Parquet of audit records not put into its bucket");
        }
    }
}
