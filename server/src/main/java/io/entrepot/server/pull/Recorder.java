package io.entrepot.server.pull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.access.Principal;
import io.entrepot.server.audit.AuditEvent;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.audit.Found;
import io.entrepot.server.audit.Ruling;
import io.entrepot.server.content.Resolved;
import io.entrepot.server.content.TagRule;
import io.entrepot.server.policy.Grounds;
import io.entrepot.server.policy.Verdict;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** Puts on record what became of a pull; only then is there an answer, or a refusal. */
final class Recorder {

    private static final int MOST_IMAGES = 100_000;

    private final AuditLog audit;
    private final Notebook notebook;
    private final Decisions decisions;
    private final Admissions admissions = new Admissions();
    /** What these name is on record since the start. */
    private final Cache<Digest, Boolean> described =
            Caffeine.newBuilder().maximumSize(MOST_IMAGES).build();

    Recorder(AuditLog audit, Notebook notebook, Decisions decisions) {
        this.audit = audit;
        this.notebook = notebook;
        this.decisions = decisions;
    }

    /** Goes on if this is an allow; else refuses, on record. */
    <T> CompletableFuture<T> allowed(
            Pull pull, Verdict verdict, BiFunction<TagRule, Grounds, CompletableFuture<T>> next) {
        if (verdict instanceof Verdict.Allow allow) {
            return next.apply(allow.tagRule(), allow.grounds());
        }
        return refused(pull, verdict, Found.NOTHING);
    }

    /** The same for content that was looked at: which it was is on record, too, if it is refused. */
    <T> CompletableFuture<T> allowed(
            Pull pull,
            Verdict verdict,
            Reference reference,
            Resolved resolved,
            BiFunction<TagRule, Grounds, CompletableFuture<T>> next) {
        if (verdict instanceof Verdict.Allow allow) {
            return next.apply(allow.tagRule(), allow.grounds());
        }
        return refused(pull, verdict, Records.found(Given.of(resolved, Grounds.NONE), place(pull, reference)));
    }

    private <T> CompletableFuture<T> refused(Pull pull, Verdict verdict, Found found) {
        decisions.decided(verdict);
        if (verdict instanceof Verdict.Deny deny) {
            RegistryException refusal = refusal(pull, deny);
            return then(refusal, pull, Records.not(Ruling.Verdict.DENY, deny.rule(), refusal), found);
        }
        Verdict.Undecided undecided = (Verdict.Undecided) verdict;
        RegistryException later = new RegistryException.Unavailable(undecided.message(), undecided.retryAfter());
        return then(later, pull, Records.not(Ruling.Verdict.UNDECIDED, undecided.rule(), later), found);
    }

    private Admissions.Place place(Pull pull, Reference reference) {
        return reference instanceof ByDigest by ? admissions.ofManifest(pull, by.digest()) : Admissions.Place.UNKNOWN;
    }

    /** Somebody who might be allowed, if we knew who they are, is asked that first. */
    private static RegistryException refusal(Pull pull, Verdict.Deny deny) {
        Optional<RegistryException> challenge = deny.identityMayHelp()
                ? pull.settings().access().challenge(pull.principal(), pull.repository(), deny.message())
                : Optional.empty();
        return challenge.orElseGet(() -> new RegistryException.Denied(deny.message()));
    }

    /** The answer with a manifest, once the record of the decision is durable. */
    CompletableFuture<Answer> manifest(
            Pull pull, Reference reference, Manifest manifest, Given given, Answer.Ending ending) {
        Admissions.Place place = place(pull, reference);
        describe(manifest);
        Found found = Records.found(given, place);
        return decided(pull, given, found).thenApply(record -> {
            admissions.given(pull, reference, manifest, place, record);
            return answer(pull, given, found, record, ending);
        });
    }

    /** What a manifest names is put on record before anybody is given it. */
    private void describe(Manifest manifest) {
        Digest digest = manifest.descriptor().digest();
        if (described.getIfPresent(digest) == null && audit.note(Records.image(manifest))) {
            described.put(digest, true);
        }
    }

    /**
     * The answer with a blob: on the record of the image that it belongs to, or once it has one of its own. It has, too, where
     * it is given for another reason than that it is allowed.
     */
    CompletableFuture<Answer> blob(Pull pull, Digest digest, Given given, Answer.Ending ending) {
        Admissions.Place place = admissions.ofBlob(pull, digest);
        Found found = Records.found(given, place);
        if (place.admitted() && given.grounds().isClean()) {
            decisions.allowed(given.grounds());
            return CompletableFuture.completedFuture(answer(pull, given, found, place.record(), ending));
        }
        return decided(pull, given, found).thenApply(record -> answer(pull, given, found, record, ending));
    }

    private CompletableFuture<Long> decided(Pull pull, Given given, Found found) {
        decisions.allowed(given.grounds());
        return audit.decided(Records.decision(pull, Records.allow(given.grounds()), found))
                .whenComplete((record, failure) -> {
                    if (failure != null) {
                        given.body().close();
                    }
                });
    }

    private Answer answer(Pull pull, Given given, Found found, long record, Answer.Ending ending) {
        return new Answer(
                pull.repository(),
                given.descriptor(),
                given.body(),
                given.origin(),
                given.notices(),
                (range, bytes, complete) -> {
                    if (!pull.head()) {
                        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - pull.began());
                        audit.note(Records.transfer(pull, found, record, range, bytes, complete, millis));
                    }
                    ending.ended(range, bytes, complete);
                });
    }

    /** What content brings, or on record that it could not. */
    <T> CompletableFuture<T> brought(Pull pull, CompletableFuture<T> coming) {
        return coming.exceptionallyCompose(failure -> {
            Throwable cause = Causes.of(failure);
            return cause instanceof RegistryException told ? failed(pull, told) : CompletableFuture.failedFuture(cause);
        });
    }

    private <T> CompletableFuture<T> failed(Pull pull, RegistryException told) {
        if (told instanceof RegistryException.NotHere) {
            notebook.missed(pull.wanted(), pull.repository());
        }
        return then(told, pull, Records.not(Ruling.Verdict.FAILED, "", told));
    }

    /** Refused by a decision. */
    <T> CompletableFuture<T> refuse(Pull pull, RegistryException refusal) {
        return refuse(pull, "", refusal);
    }

    /** Refused by this rule. */
    <T> CompletableFuture<T> refuse(Pull pull, String rule, RegistryException refusal) {
        return then(refusal, pull, Records.not(Ruling.Verdict.DENY, rule, refusal));
    }

    private <T> CompletableFuture<T> then(RegistryException told, Pull pull, Ruling ruling) {
        return then(told, pull, ruling, Found.NOTHING);
    }

    private <T> CompletableFuture<T> then(RegistryException told, Pull pull, Ruling ruling, Found found) {
        return after(audit.decided(Records.decision(pull, ruling, found)), told);
    }

    /** What was asked for leads nowhere. */
    <T> CompletableFuture<T> unroutable(Principal principal, Client client, String asked, RegistryException why) {
        String registry = why instanceof RegistryException.NotAnUpstream elsewhere
                ? elsewhere.repository().registry().name()
                : "";
        Ruling ruling = Records.not(Ruling.Verdict.UNROUTABLE, "", why);
        return after(
                audit.unroutable(new AuditEvent.Unroutable(Requesters.of(principal, client), asked, registry, ruling)),
                why);
    }

    private static <T> CompletableFuture<T> after(CompletableFuture<Long> recorded, RegistryException told) {
        return recorded.thenCompose(record -> CompletableFuture.failedFuture(told));
    }
}
