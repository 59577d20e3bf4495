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
        if (event instanceof AuditEvent.Refused) {
            LOG.atInfo().addKeyValue("event", event).log("pull refused");
        } else if (LOG.isDebugEnabled()) {
            LOG.atDebug().addKeyValue("event", event).log("pull");
        }
        return DURABLE;
    }
}
