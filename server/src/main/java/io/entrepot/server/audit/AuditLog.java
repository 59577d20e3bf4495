package io.entrepot.server.audit;

import io.entrepot.server.log.OncePerMinute;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Where events are written. So far that is the log: a failure at WARN, a refusal at INFO, the rest at DEBUG.
 *
 * <p>Any client can ask for registries and names that are none of ours, as often as it likes: for each registry there is one
 * line in a minute, for what names none one for all of them, and the next one says how many were left out.
 */
public final class AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final CompletableFuture<Void> DURABLE = CompletableFuture.completedFuture(null);

    private final OncePerMinute registries;
    private final OncePerMinute names;
    private final OncePerMinute failures;

    public AuditLog() {
        this(System::nanoTime);
    }

    AuditLog(LongSupplier nanos) {
        this.registries = new OncePerMinute(nanos);
        this.names = new OncePerMinute(nanos);
        this.failures = new OncePerMinute(nanos);
    }

    /** Writes an event; complete when it is durable. */
    public CompletableFuture<Void> record(AuditEvent event) {
        if (event instanceof AuditEvent.Allowed allowed) {
            log(allowed);
        } else if (event instanceof AuditEvent.Refused refused) {
            log(refused);
        } else if (event instanceof AuditEvent.NotAnUpstream elsewhere) {
            log(elsewhere);
        } else if (event instanceof AuditEvent.Unroutable unroutable) {
            log(unroutable);
        } else if (event instanceof AuditEvent.Failed failed) {
            log(failed);
        } else if (event instanceof AuditEvent.Ended ended) {
            log(ended);
        }
        return DURABLE;
    }

    private static void log(AuditEvent.Allowed allowed) {
        boolean noted = !allowed.warnings().isEmpty() || !allowed.exemption().isEmpty();
        LoggingEventBuilder line = (noted ? LOG.atInfo() : LOG.atDebug())
                .addKeyValue("client", allowed.client())
                .addKeyValue("repository", allowed.repository())
                .addKeyValue("reference", allowed.reference())
                .addKeyValue("digest", allowed.digest());
        line = said(line, "rule", allowed.rule());
        line = said(line, "exemption", allowed.exemption());
        said(line, "warnings", String.join("; ", allowed.warnings())).log("pull allowed");
    }

    private static void log(AuditEvent.Refused refused) {
        LoggingEventBuilder line = LOG.atInfo()
                .addKeyValue("client", refused.client())
                .addKeyValue("repository", refused.repository())
                .addKeyValue("reference", refused.reference());
        said(line, "rule", refused.rule())
                .addKeyValue("reason", refused.reason())
                .log("pull refused");
    }

    private static LoggingEventBuilder said(LoggingEventBuilder line, String key, String value) {
        return value.isEmpty() ? line : line.addKeyValue(key, value);
    }

    private void log(AuditEvent.NotAnUpstream elsewhere) {
        OptionalLong leftOut = registries.pass(elsewhere.repository().registry().name());
        if (leftOut.isPresent()) {
            LoggingEventBuilder line = LOG.atInfo()
                    .addKeyValue("registry", elsewhere.repository().registry())
                    .addKeyValue("repository", elsewhere.repository())
                    .addKeyValue("client", elsewhere.client())
                    .addKeyValue("reason", elsewhere.reason());
            with(line, leftOut.getAsLong()).log("pull refused");
        }
    }

    private void log(AuditEvent.Unroutable unroutable) {
        OptionalLong leftOut = names.pass("");
        if (leftOut.isPresent()) {
            LoggingEventBuilder line = LOG.atInfo()
                    .addKeyValue("client", unroutable.client())
                    .addKeyValue("name", unroutable.name())
                    .addKeyValue("reason", unroutable.reason());
            with(line, leftOut.getAsLong()).log("pull refused");
        }
    }

    /** What is not there is nothing to look into; the rest is, and a fleet asks again and again. */
    private void log(AuditEvent.Failed failed) {
        boolean absent = failed.status() == 404;
        OptionalLong leftOut = absent
                ? OptionalLong.of(0)
                : failures.pass(failed.repository() + " " + failed.reference() + " " + failed.status());
        if (leftOut.isPresent()) {
            LoggingEventBuilder line = (absent ? LOG.atDebug() : LOG.atWarn())
                    .addKeyValue("client", failed.client())
                    .addKeyValue("repository", failed.repository())
                    .addKeyValue("reference", failed.reference())
                    .addKeyValue("status", failed.status())
                    .addKeyValue("reason", failed.reason());
            with(line, leftOut.getAsLong()).log("pull failed");
        }
    }

    private static LoggingEventBuilder with(LoggingEventBuilder line, long leftOut) {
        return leftOut == 0 ? line : line.addKeyValue("leftOut", leftOut);
    }

    private static void log(AuditEvent.Ended ended) {
        LOG.atDebug()
                .addKeyValue("client", ended.client())
                .addKeyValue("repository", ended.repository())
                .addKeyValue("digest", ended.digest())
                .addKeyValue("bytes", ended.bytes())
                .addKeyValue("complete", ended.complete())
                .log("pull ended");
    }
}
