package io.entrepot.server.audit;

import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where events are written. So far that is the log: a refusal at INFO, the rest at DEBUG. */
public final class AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final CompletableFuture<Void> DURABLE = CompletableFuture.completedFuture(null);

    /** Writes an event; complete when it is durable. */
    public CompletableFuture<Void> record(AuditEvent event) {
        if (event instanceof AuditEvent.Refused refused) {
            log(refused);
        } else if (event instanceof AuditEvent.Unroutable unroutable) {
            log(unroutable);
        } else if (LOG.isDebugEnabled()) {
            LOG.atDebug().addKeyValue("event", event).log("pull");
        }
        return DURABLE;
    }

    private static void log(AuditEvent.Refused refused) {
        LOG.atInfo()
                .addKeyValue("client", refused.client())
                .addKeyValue("repository", refused.repository())
                .addKeyValue("reference", refused.reference())
                .addKeyValue("reason", refused.reason())
                .log("pull refused");
    }

    private static void log(AuditEvent.Unroutable unroutable) {
        LOG.atInfo()
                .addKeyValue("client", unroutable.client())
                .addKeyValue("name", unroutable.name())
                .addKeyValue("reason", unroutable.reason())
                .log("pull refused");
    }
}
