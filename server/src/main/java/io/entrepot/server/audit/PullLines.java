package io.entrepot.server.audit;

import io.entrepot.server.log.OncePerMinute;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What an operator sees of pulls in the log: a failure at WARN, a refusal at INFO, an allow that only an exemption or a trial
 * let by at INFO too.
 *
 * <p>Any client can ask for registries and names that are none of ours, as often as it likes: for each registry there is one
 * line in a minute, for what names none one for all of them, and the next one says how many were left out.
 */
final class PullLines {

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private final OncePerMinute registries;
    private final OncePerMinute names;
    private final OncePerMinute failures;

    PullLines(LongSupplier nanos) {
        this.registries = new OncePerMinute(nanos);
        this.names = new OncePerMinute(nanos);
        this.failures = new OncePerMinute(nanos);
    }

    void decided(AuditEvent.Decision decision) {
        switch (decision.ruling().verdict()) {
            case ALLOW -> allowed(decision);
            case FAILED -> failed(decision);
            case DENY, UNDECIDED, UNROUTABLE -> refused(decision);
        }
    }

    private static void allowed(AuditEvent.Decision decision) {
        Ruling ruling = decision.ruling();
        if (ruling.warned().isEmpty() && ruling.exemption().isEmpty()) {
            return;
        }
        LoggingEventBuilder line = about(LOG.atInfo(), decision)
                .addKeyValue("digest", decision.found().digest());
        line = said(line, "rule", ruling.rule());
        line = said(line, "exemption", ruling.exemption());
        String warnings = ruling.warned().stream().map(Ruling.Warned::message).collect(Collectors.joining("; "));
        said(line, "warnings", warnings).log("pull allowed");
    }

    private static void refused(AuditEvent.Decision decision) {
        said(about(LOG.atInfo(), decision), "rule", decision.ruling().rule())
                .addKeyValue("reason", decision.ruling().reason())
                .log("pull refused");
    }

    /** What is not there is nothing to look into; the rest is, and a fleet asks again and again. */
    private void failed(AuditEvent.Decision decision) {
        int status = decision.ruling().status();
        if (status == 404) {
            return;
        }
        Requested what = decision.what();
        OptionalLong leftOut = failures.pass(what.repository() + " " + reference(what) + " " + status);
        if (leftOut.isPresent()) {
            LoggingEventBuilder line = about(LOG.atWarn(), decision)
                    .addKeyValue("status", status)
                    .addKeyValue("reason", decision.ruling().reason());
            with(line, leftOut.getAsLong()).log("pull failed");
        }
    }

    void unroutable(AuditEvent.Unroutable unroutable) {
        boolean named = !unroutable.registry().isEmpty();
        OptionalLong leftOut = named ? registries.pass(unroutable.registry()) : names.pass("");
        if (leftOut.isPresent()) {
            LoggingEventBuilder line = LOG.atInfo().addKeyValue("client", who(unroutable.who()));
            line = said(line, "registry", unroutable.registry())
                    .addKeyValue("name", unroutable.asked())
                    .addKeyValue("reason", unroutable.ruling().reason());
            with(line, leftOut.getAsLong()).log("pull refused");
        }
    }

    private static LoggingEventBuilder about(LoggingEventBuilder line, AuditEvent.Decision decision) {
        return line.addKeyValue("client", who(decision.who()))
                .addKeyValue("repository", decision.what().repository())
                .addKeyValue("reference", reference(decision.what()));
    }

    /** {@code alice (basic) at 203.0.113.7 via 10.0.0.6}. */
    private static String who(Requester who) {
        String at = who.client().getHostAddress();
        String via = who.via().equals(who.client()) ? "" : " via " + who.via().getHostAddress();
        String name = who.principal().isEmpty() ? "" : who.principal() + " (" + who.proof() + ") at ";
        return name + at + via;
    }

    private static String reference(Requested what) {
        return switch (what.kind()) {
            case TAGS -> "(tags)";
            case REFERRERS -> "(referrers of " + what.digest() + ")";
            case MANIFEST, BLOB -> what.tag().isEmpty() ? what.digest() : what.tag();
        };
    }

    private static LoggingEventBuilder said(LoggingEventBuilder line, String key, String value) {
        return value.isEmpty() ? line : line.addKeyValue(key, value);
    }

    private static LoggingEventBuilder with(LoggingEventBuilder line, long leftOut) {
        return leftOut == 0 ? line : line.addKeyValue("leftOut", leftOut);
    }
}
