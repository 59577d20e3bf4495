package io.entrepot.server.audit;

import io.entrepot.server.audit.AuditEvent.Happened;
import io.entrepot.server.audit.AuditEvent.Happened.Fact;
import io.entrepot.server.audit.journal.Gap;
import io.entrepot.server.audit.journal.JournalListener;
import io.entrepot.server.audit.journal.Outage;
import io.entrepot.server.audit.tlog.SealerListener;
import io.entrepot.server.audit.tlog.SignedCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What journal and sealer notice: told to the operator, and put on record as soon as that can be. */
final class Notices {

    private static final Logger LOG = LoggerFactory.getLogger(KeptLog.class);

    private final List<Consumer<AuditLog>> early = new ArrayList<>(); // under this
    private @Nullable AuditLog log; // under this
    private volatile long signedAt = Long.MIN_VALUE;
    private volatile boolean stopped;

    synchronized void opened(AuditLog opened) {
        log = opened;
        early.forEach(each -> each.accept(opened));
        early.clear();
    }

    /** On record as soon as there is a log. */
    private void note(Consumer<AuditLog> each) {
        AuditLog open = orKeep(each);
        if (open != null) {
            each.accept(open);
        }
    }

    private synchronized @Nullable AuditLog orKeep(Consumer<AuditLog> each) {
        if (log == null) {
            early.add(each);
        }
        return log;
    }

    private void happened(String type, Fact... facts) {
        note(open -> open.note(new Happened(type, List.of(facts))));
    }

    /** Records go, as the operator wants it: complete when that is on record. */
    synchronized CompletableFuture<Long> pruning(long from, long to) {
        AuditLog open = log;
        return open == null
                ? CompletableFuture.failedFuture(new IOException("the log is not open yet"))
                : open.pruned(from, to);
    }

    /** They went. */
    void pruned(long from, long to) {
        LOG.atInfo().addKeyValue("from", from).addKeyValue("to", to - 1).log("audit records pruned");
    }

    /** More records wait for a sink than may. */
    void behind(String sink, long records, long limit, String onFailure) {
        LOG.atError()
                .addKeyValue("sink", sink)
                .addKeyValue("behind", records)
                .addKeyValue("limit", limit)
                .addKeyValue("onFailure", onFailure)
                .log("audit sink too far behind");
        happened(
                "sink.behind",
                Fact.of("sink", sink),
                Fact.of("behind", records),
                Fact.of("limit", limit),
                Fact.of("onFailure", onFailure));
    }

    /** No longer. */
    void caughtUp(String sink, long records) {
        LOG.atInfo().addKeyValue("sink", sink).addKeyValue("behind", records).log("audit sink catches up");
        happened("sink.again", Fact.of("sink", sink), Fact.of("behind", records));
    }

    /** Records went that a sink did not have. */
    void skipped(String sink, long from, long to) {
        LOG.atError()
                .addKeyValue("sink", sink)
                .addKeyValue("from", from)
                .addKeyValue("to", to - 1)
                .log("audit records were pruned unsent");
        happened("sink.skipped", Fact.of("sink", sink), Fact.of("fromSeq", from), Fact.of("toSeq", to));
    }

    /** Pulls are decided again. */
    void wentOn(Instant from, Instant to, String why) {
        note(open -> open.wentOn(from, to, why));
    }

    boolean isSealing() {
        return !stopped;
    }

    /** Seconds; negative before the first. */
    double checkpointAge() {
        long at = signedAt;
        return at == Long.MIN_VALUE ? -1 : (double) (System.nanoTime() - at) / TimeUnit.SECONDS.toNanos(1);
    }

    JournalListener ofJournal() {
        return new JournalListener() {
            @Override
            public void gap(Gap gap) {
                LOG.atError()
                        .addKeyValue("from", gap.from())
                        .addKeyValue("to", gap.to())
                        .addKeyValue("why", gap.why())
                        .log("records of the audit log are missing");
                note(open -> open.missing(gap));
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
                note(open -> open.writableAgain(outage));
            }

            @Override
            public void noSpare(int left, IOException cause) {
                LOG.atWarn()
                        .addKeyValue("left", left)
                        .addKeyValue("cause", cause.toString())
                        .log("no spare audit segment made");
            }
        };
    }

    /** @param forget told below which number records are sealed */
    SealerListener ofSealer(LongConsumer forget) {
        return new SealerListener() {
            @Override
            public void signed(SignedCheckpoint checkpoint) {
                signedAt = System.nanoTime();
            }

            @Override
            public void sealed(long below) {
                forget.accept(below);
            }

            @Override
            public void failed(Throwable cause) {
                LOG.atWarn().addKeyValue("cause", cause.toString()).log("audit log not sealed, tried again");
            }

            @Override
            public void notHanded(Throwable cause) {
                Throwable first = cause.getCause() == null ? cause : cause.getCause();
                LOG.atWarn().addKeyValue("cause", first.toString()).log("checkpoint of the audit log not handed on");
            }

            @Override
            public void handedAgain() {
                LOG.atInfo().log("checkpoints of the audit log handed on again");
            }

            @Override
            public void stopped(String why) {
                stopped = true;
                LOG.atError().addKeyValue("why", why).log("audit log is not signed any more");
            }
        };
    }
}
