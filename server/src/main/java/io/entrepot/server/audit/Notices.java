package io.entrepot.server.audit;

import io.entrepot.server.audit.journal.Gap;
import io.entrepot.server.audit.journal.JournalListener;
import io.entrepot.server.audit.journal.Outage;
import io.entrepot.server.audit.tlog.SealerListener;
import io.entrepot.server.audit.tlog.SignedCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What journal and sealer notice: told to the operator, and put on record as soon as that can be. */
final class Notices {

    private static final Logger LOG = LoggerFactory.getLogger(KeptLog.class);

    private final List<Gap> early = new ArrayList<>(); // under this
    private @Nullable AuditLog log; // under this
    private volatile long signedAt = Long.MIN_VALUE;
    private volatile boolean stopped;

    synchronized void opened(AuditLog opened) {
        log = opened;
        early.forEach(opened::missing);
        early.clear();
    }

    private synchronized void missing(Gap gap) {
        if (log == null) {
            early.add(gap);
        } else {
            log.missing(gap);
        }
    }

    /** Records went, as the operator wants it. */
    void pruned(long from, long to) {
        LOG.atInfo().addKeyValue("from", from).addKeyValue("to", to - 1).log("audit records pruned");
        AuditLog open = log();
        if (open != null) {
            open.pruned(from, to);
        }
    }

    private synchronized @Nullable AuditLog log() {
        return log;
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
                missing(gap);
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
                AuditLog open = log();
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
            public void stopped(String why) {
                stopped = true;
                LOG.atError().addKeyValue("why", why).log("audit log is not signed any more");
            }
        };
    }
}
