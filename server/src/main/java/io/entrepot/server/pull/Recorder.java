package io.entrepot.server.pull;

import io.entrepot.oci.Digest;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.access.Principal;
import io.entrepot.server.audit.AuditEvent;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.content.TagRule;
import io.entrepot.server.policy.Grounds;
import io.entrepot.server.policy.Verdict;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** Puts on record what became of a pull; only then is there an answer, or a refusal. */
final class Recorder {

    private final AuditLog audit;
    private final Notebook notebook;
    private final Decisions decisions;

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
        decisions.decided(verdict);
        if (verdict instanceof Verdict.Deny deny) {
            return refuse(pull, deny.rule(), refusal(pull, deny));
        }
        Verdict.Undecided undecided = (Verdict.Undecided) verdict;
        return refuse(
                pull, undecided.rule(), new RegistryException.Unavailable(undecided.message(), undecided.retryAfter()));
    }

    /** Somebody who might be allowed, if we knew who they are, is asked that first. */
    private static RegistryException refusal(Pull pull, Verdict.Deny deny) {
        Optional<RegistryException> challenge = deny.identityMayHelp()
                ? pull.settings().access().challenge(pull.principal(), pull.repository(), deny.message())
                : Optional.empty();
        return challenge.orElseGet(() -> new RegistryException.Denied(deny.message()));
    }

    /** The answer, once the record of the decision is durable. */
    CompletableFuture<Answer> answer(Pull pull, Given given, Answer.Ending ending) {
        String client = pull.principal().toString();
        Digest digest = given.descriptor().digest();
        decisions.allowed(given.grounds());
        AuditEvent allowed = new AuditEvent.Allowed(
                client,
                pull.repository(),
                pull.reference(),
                digest,
                given.grounds().rule(),
                given.grounds().messages(),
                given.grounds().exemption());
        return audit.record(allowed)
                .whenComplete((durable, failure) -> {
                    if (failure != null) {
                        given.body().close();
                    }
                })
                .thenApply(durable -> new Answer(
                        pull.repository(),
                        given.descriptor(),
                        given.body(),
                        given.origin(),
                        given.notices(),
                        (bytes, complete) -> {
                            audit.record(new AuditEvent.Ended(client, pull.repository(), digest, bytes, complete));
                            ending.ended(bytes, complete);
                        }));
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
        return then(
                told,
                new AuditEvent.Failed(
                        pull.principal().toString(),
                        pull.repository(),
                        pull.reference(),
                        told.status(),
                        told.getMessage()));
    }

    /** Refused by a decision. */
    <T> CompletableFuture<T> refuse(Pull pull, RegistryException refusal) {
        return refuse(pull, "", refusal);
    }

    /** Refused by this rule. */
    <T> CompletableFuture<T> refuse(Pull pull, String rule, RegistryException refusal) {
        return then(
                refusal,
                new AuditEvent.Refused(
                        pull.principal().toString(), pull.repository(), pull.reference(), rule, refusal.getMessage()));
    }

    /** What was asked for leads nowhere. */
    <T> CompletableFuture<T> unroutable(Principal principal, Address address, RegistryException why) {
        String client = principal.toString();
        return then(
                why,
                why instanceof RegistryException.NotAnUpstream elsewhere
                        ? new AuditEvent.NotAnUpstream(client, elsewhere.repository(), why.getMessage())
                        : new AuditEvent.Unroutable(client, address.asked(), why.getMessage()));
    }

    /** What somebody brought proves nothing. */
    <T> CompletableFuture<T> unproven(Principal peer, String asked, RegistryException why) {
        return then(why, new AuditEvent.Unroutable(peer.toString(), asked, why.getMessage()));
    }

    private <T> CompletableFuture<T> then(RegistryException told, AuditEvent event) {
        return audit.record(event).thenCompose(durable -> CompletableFuture.failedFuture(told));
    }
}
