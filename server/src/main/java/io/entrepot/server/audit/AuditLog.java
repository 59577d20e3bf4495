package io.entrepot.server.audit;

import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.audit.AuditEvent.Happened.Fact;
import io.entrepot.server.audit.journal.Gap;
import io.entrepot.server.audit.journal.Outage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where events are put on record: durable before whoever waits goes on. Refusals of one source beyond a rate become one record
 * ({@link Repeats}); what cannot be recorded is refused, or given all the same as the operator chose ({@link OnFailure}).
 */
public final class AuditLog {

    /** No number: it is on record as one of many, or it is not on record, and the log will say so. */
    public static final long NONE = -1;

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final CompletableFuture<Long> COUNTED = CompletableFuture.completedFuture(NONE);

    private final AuditRecords records;
    private final Supplier<Executor> here;
    private final Naming naming;
    private final OnFailure onFailure;
    private final Repeats repeats;
    private final PullLines lines;
    private final Deque<AuditEvent> unwritten = new ArrayDeque<>(); // under this

    /**
     * @param here the executor of the thread that calls, on which whoever waits goes on
     * @param degrade whether pulls go on, within bounds, while nothing can be recorded
     */
    public AuditLog(AuditRecords records, Supplier<Executor> here, Naming naming, boolean degrade) {
        this(records, here, naming, degrade, System::nanoTime);
    }

    /** @param nanos the clock of what is counted together */
    AuditLog(AuditRecords records, Supplier<Executor> here, Naming naming, boolean degrade, LongSupplier nanos) {
        this.records = records;
        this.here = here;
        this.naming = naming;
        this.repeats = new Repeats(nanos);
        this.lines = new PullLines(nanos);
        this.onFailure = new OnFailure(degrade, Ticker.systemTicker());
    }

    /** One that keeps no records; what an operator should see stands in the log. */
    public static AuditLog unrecorded() {
        return new AuditLog(AuditRecords.NONE, () -> Runnable::run, Naming.PLAIN, false);
    }

    /**
     * Puts a decision on record.
     *
     * @return the number of its record once that is durable, or {@link #NONE}. Fails with {@link RegistryException.Unavailable}
     *     if it cannot be recorded and must be
     */
    public CompletableFuture<Long> decided(AuditEvent.Decision decision) {
        lines.decided(decision);
        if (records.held().isPresent()) {
            return held();
        }
        if (decision.ruling().verdict() != Ruling.Verdict.ALLOW
                && !repeats.pass(
                        decision.who(), decision.ruling(), decision.what().asked(), records.isScarce())) {
            return counted();
        }
        Entry entry = new Entry(decision, naming);
        return append(entry).handle((number, failure) -> {
            if (failure == null && entry.isWritten()) {
                onFailure.recorded(decision);
                return number;
            }
            if (onFailure.mayGoOn(decision)) {
                return NONE;
            }
            throw unavailable();
        });
    }

    /** Puts on record that nothing here has a name, or that somebody proved nothing. */
    public CompletableFuture<Long> unroutable(AuditEvent.Unroutable unroutable) {
        lines.unroutable(unroutable);
        if (records.held().isPresent()) {
            return held();
        }
        if (!repeats.pass(unroutable.who(), unroutable.ruling(), unroutable.asked(), records.isScarce())) {
            return counted();
        }
        return record(unroutable).exceptionally(failure -> {
            throw unavailable();
        });
    }

    private CompletableFuture<Long> held() {
        onFailure.refused();
        return CompletableFuture.failedFuture(new RegistryException.Unavailable(
                "a sink of the audit log is too far behind, and nothing is given until it has caught up", SOON));
    }

    /** What is counted is on record within seconds, if anything can be. */
    private CompletableFuture<Long> counted() {
        return records.isWritable() ? COUNTED : CompletableFuture.failedFuture(unavailable());
    }

    /** Puts on record what nobody waits for; false if it was not taken. */
    public boolean note(AuditEvent event) {
        return records.post(new Entry(event, naming));
    }

    /** Puts on record what must be before it is done. Fails if it cannot be. */
    public CompletableFuture<Long> record(AuditEvent event) {
        Entry entry = new Entry(event, naming);
        return append(entry).thenApply(number -> {
            if (!entry.isWritten()) {
                throw unavailable();
            }
            return number;
        });
    }

    /**
     * Records what was counted instead of being recorded; what is not taken, since too much waits, is the first at the next time. To
     * be called every few seconds.
     */
    public synchronized void flush() {
        if (!records.isWritable()) {
            return;
        }
        if (unwritten.isEmpty()) {
            unwritten.addAll(repeats.take());
        }
        while (!unwritten.isEmpty() && note(unwritten.element())) {
            unwritten.remove();
        }
        if (unwritten.isEmpty() && onFailure.isMissing() && records.held().isEmpty()) {
            missed(Instant.now(), "records could not be taken");
        }
    }

    private void missed(Instant to, String why) {
        OnFailure.Missed missed = onFailure.take();
        boolean taken = note(new AuditEvent.Happened(
                "gap",
                List.of(
                        Fact.of("to", to.toString()),
                        Fact.of("why", why),
                        Fact.of("given", missed.given()),
                        Fact.of("refused", missed.refused()))));
        if (!taken) {
            onFailure.giveBack(missed);
        }
    }

    /** The log can be written again, after it could not: how much was given off the record, and how much was not. */
    public void writableAgain(Outage outage) {
        OnFailure.Missed missed = onFailure.take();
        note(new AuditEvent.Happened(
                "gap",
                List.of(
                        Fact.of("from", outage.from().toString()),
                        Fact.of("to", outage.to().toString()),
                        Fact.of("why", String.valueOf(outage.cause().getMessage())),
                        Fact.of("given", missed.given()),
                        Fact.of("refused", missed.refused()),
                        Fact.of("lost", outage.refused()))));
    }

    /** Pulls are decided again, after they were not for a while although they could be recorded. */
    public void wentOn(Instant from, Instant to, String why) {
        OnFailure.Missed missed = onFailure.take();
        note(new AuditEvent.Happened(
                "gap",
                List.of(
                        Fact.of("from", from.toString()),
                        Fact.of("to", to.toString()),
                        Fact.of("why", why),
                        Fact.of("given", missed.given()),
                        Fact.of("refused", missed.refused()))));
    }

    /** Records of former days cannot be read any more. */
    public void missing(Gap gap) {
        note(new AuditEvent.Happened(
                "gap", List.of(Fact.of("fromSeq", gap.from()), Fact.of("toSeq", gap.to()), Fact.of("why", gap.why()))));
    }

    /** Records of former days go for their age or the log's size; their hashes stay. On record before they do. */
    public CompletableFuture<Long> pruned(long from, long to) {
        return record(new AuditEvent.Happened("pruned", List.of(Fact.of("fromSeq", from), Fact.of("toSeq", to))));
    }

    private CompletableFuture<Long> append(Entry entry) {
        return records.append(entry, here.get());
    }

    private static RegistryException unavailable() {
        return new RegistryException.Unavailable(
                "the audit log cannot be written, and nothing is given off the record", SOON);
    }
}
