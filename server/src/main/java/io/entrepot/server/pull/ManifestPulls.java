package io.entrepot.server.pull;

import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.server.content.Content;
import io.entrepot.server.content.Resolved;
import io.entrepot.server.content.TagRule;
import io.entrepot.server.policy.Grounds;
import io.entrepot.server.policy.Verdict;
import io.entrepot.server.trust.Trust;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Pulls of manifests: by the names, resolved, by the content, admitted, on record. */
final class ManifestPulls {

    private final Content content;
    private final Trust trust;
    private final Recorder recorder;
    private final InUse inUse;
    private final PinMaking pins;

    ManifestPulls(Content content, Trust trust, Recorder recorder, InUse inUse) {
        this.content = content;
        this.trust = trust;
        this.recorder = recorder;
        this.inUse = inUse;
        this.pins = new PinMaking(content);
    }

    /** The manifest that a reference means now, if it may be pulled. */
    CompletableFuture<Answer> answer(Pull pull, Reference reference) {
        return recorder.allowed(
                pull, pull.judge().names(reference), (rule, grounds) -> resolve(pull, reference, rule, grounds));
    }

    private CompletableFuture<Answer> resolve(Pull pull, Reference reference, TagRule rule, Grounds byNames) {
        return resolved(pull, reference, rule)
                .thenCompose(resolved -> judged(pull, reference, resolved, byNames)
                        .thenCompose(verdict -> admit(pull, reference, resolved, verdict)));
    }

    private CompletableFuture<Resolved> resolved(Pull pull, Reference reference, TagRule rule) {
        return recorder.brought(
                pull, content.resolve(pull.upstream(), pull.repository(), reference, pull.freshness(reference), rule));
    }

    private CompletableFuture<Verdict> judged(Pull pull, Reference reference, Resolved resolved, Grounds byNames) {
        return trust.examine(pull.repository(), resolved.manifest())
                .thenCompose(evidence -> pull.judge().needs().content()
                        ? recorder.brought(pull, pull.judge().manifest(reference, resolved))
                        : CompletableFuture.completedFuture(new Verdict.Allow(TagRule.FREE, byNames)));
    }

    /** Its age counts from now on if nothing else is wrong with it: what is refused for another reason gets no older. */
    private CompletableFuture<Answer> admit(Pull pull, Reference reference, Resolved resolved, Verdict verdict) {
        CompletableFuture<Void> aged = isForAge(verdict) && reference instanceof Reference.Tag tag
                ? content.beginAge(pull.repository(), tag)
                : CompletableFuture.completedFuture(null);
        return aged.thenCompose(done -> recorder.allowed(
                pull,
                verdict,
                reference,
                resolved,
                (rule, grounds) -> content.admit(pull.upstream(), pull.repository(), resolved)
                        .thenCompose(linked -> give(pull, reference, resolved, grounds))));
    }

    private CompletableFuture<Answer> give(Pull pull, Reference reference, Resolved resolved, Grounds grounds) {
        saved(pull, resolved.source());
        pins.allowed(pull, reference, resolved);
        return recorder.manifest(
                pull, reference, resolved.manifest(), Given.of(resolved, grounds), (range, bytes, complete) -> {
                    if (complete && bytes > 0) {
                        gave(pull, reference, resolved);
                    }
                });
    }

    /** A HEAD that we were asked for, and sent on, saved nothing. */
    private static void saved(Pull pull, Resolved.Source source) {
        boolean asked = source == Resolved.Source.FETCHED || (source == Resolved.Source.REVALIDATED && pull.head());
        if (!asked) {
            pull.upstream().saved(pull.repository(), pull.head() ? Endpoint.MANIFEST_HEAD : Endpoint.MANIFEST);
        }
    }

    private void gave(Pull pull, Reference reference, Resolved resolved) {
        pins.completed(pull, reference, resolved);
        if (!pull.settings().policy().inUseGrace().isZero()) {
            inUse.gave(
                    pull.principal().toString(),
                    pull.repository(),
                    resolved.manifest().descriptor().digest());
        }
    }

    private static boolean isForAge(Verdict verdict) {
        return verdict instanceof Verdict.Allow || (verdict instanceof Verdict.Deny deny && deny.forAgeAlone());
    }

    /** Goes on if content that is asked for by digest is allowed as itself. */
    <T> CompletableFuture<T> allowed(Pull pull, ByDigest reference, Function<Grounds, CompletableFuture<T>> next) {
        return recorder.allowed(
                pull,
                pull.judge().names(reference),
                (rule, byNames) -> pull.judge().needs().content()
                        ? resolved(pull, reference, TagRule.FREE)
                                .thenCompose(resolved -> judged(pull, reference, resolved, byNames))
                                .thenCompose(verdict ->
                                        recorder.allowed(pull, verdict, (free, grounds) -> next.apply(grounds)))
                        : next.apply(byNames));
    }
}
