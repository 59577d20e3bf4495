package io.entrepot.server.pull;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.access.Principal;
import io.entrepot.server.audit.AuditEvent;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.content.Body;
import io.entrepot.server.content.Content;
import io.entrepot.server.content.Content.Blob;
import io.entrepot.server.content.Content.BlobInfo;
import io.entrepot.server.content.Resolved;
import io.entrepot.server.content.TagRule;
import io.entrepot.server.trust.Trust;
import io.entrepot.server.upstream.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One pull, from the names that a client sent to the answer that it gets: who asks, may they by the names, what is it,
 * may they by the content, and on record. Every future fails with a {@link RegistryException}, or it is a defect.
 */
public final class PullService {

    private final Supplier<Settings> settings;
    private final Content content;
    private final Trust trust;
    private final AuditLog audit;
    private final Notebook notebook;
    private final TagPages tagPages;

    public PullService(Supplier<Settings> settings, Content content, Trust trust, AuditLog audit, Notebook notebook) {
        this.notebook = notebook;
        this.settings = settings;
        this.content = content;
        this.trust = trust;
        this.audit = audit;
        this.tagPages = new TagPages(content);
    }

    /** A manifest or a blob. */
    public CompletableFuture<Answer> pull(PullRequest request) {
        return identify(
                request.address(),
                request.client(),
                Wanted.of(request.target()),
                pull -> request.target()
                        .match(
                                reference -> manifest(pull, reference),
                                digest -> request.head() ? blobInfo(pull, digest) : blob(pull, digest)));
    }

    /** A page of tags. */
    public CompletableFuture<TagList> tags(TagsRequest request) {
        return identify(
                request.address(),
                request.client(),
                Wanted.TAGS,
                pull -> pull.settings
                        .policy()
                        .onTags(pull.repository())
                        .match(
                                rule -> brought(pull, tagPages.page(pull.route, request)),
                                refusal -> refuse(pull, refusal)));
    }

    /** A page of the manifests that refer to another. Names that may not be pulled are not spoken of. */
    public CompletableFuture<Referring> referrers(ReferrersRequest request) {
        Digest subject = request.subject();
        return identify(
                request.address(),
                request.client(),
                Wanted.referrers(subject),
                pull -> pull.settings
                        .policy()
                        .onNames(pull.repository(), new Reference.ByDigest(subject))
                        .match(
                                rule -> brought(pull, content.referrers(pull.upstream(), pull.repository(), subject))
                                        .thenApply(list -> ReferrerPages.page(pull.repository(), request, list)),
                                refusal -> refuse(pull, refusal)));
    }

    private <T> CompletableFuture<T> identify(
            Address address, Client client, Wanted wanted, Function<Pull, CompletableFuture<T>> next) {
        Settings now = settings.get();
        Principal principal =
                client.isOperator() ? new Principal.Operator() : now.access().identify(client.address(), client.peer());
        Route route;
        try {
            route = now.router().route(address);
        } catch (RegistryException e) {
            return unroutable(principal, address, e);
        }
        Pull pull = new Pull(now, route, principal, wanted);
        return now.access()
                .refusal(principal, pull.upstream().config())
                .map(refusal -> this.<T>refuse(pull, refusal))
                .orElseGet(() -> observed(pull, next));
    }

    private <T> CompletableFuture<T> observed(Pull pull, Function<Pull, CompletableFuture<T>> next) {
        CompletableFuture<T> answer = next.apply(pull);
        return pull.upstream().config().observe()
                ? answer.whenComplete((given, failure) -> notebook.observed(pull.repository(), failure == null))
                : answer;
    }

    private CompletableFuture<Answer> manifest(Pull pull, Reference reference) {
        return pull.settings
                .policy()
                .onNames(pull.repository(), reference)
                .match(rule -> resolve(pull, reference, rule), refusal -> refuse(pull, refusal));
    }

    private CompletableFuture<Answer> resolve(Pull pull, Reference reference, TagRule rule) {
        return brought(
                        pull,
                        content.resolve(pull.upstream(), pull.repository(), reference, pull.freshness(reference), rule))
                .thenCompose(resolved -> judge(pull, resolved));
    }

    private CompletableFuture<Answer> judge(Pull pull, Resolved resolved) {
        return trust.examine(pull.repository(), resolved.manifest())
                .thenCompose(evidence -> pull.settings
                        .policy()
                        .onContent(pull.repository(), resolved.manifest())
                        .match(rule -> admit(pull, resolved), refusal -> refuse(pull, refusal)));
    }

    private CompletableFuture<Answer> admit(Pull pull, Resolved resolved) {
        return content.admit(pull.repository(), resolved)
                .thenCompose(linked -> answer(
                        pull,
                        resolved.manifest().descriptor(),
                        new Body.Bytes(resolved.manifest().bytes()),
                        Origin.of(resolved.source()),
                        notices(resolved)));
    }

    private CompletableFuture<Answer> blob(Pull pull, Digest digest) {
        return allowedBlob(
                pull,
                digest,
                ask -> brought(pull, content.blob(pull.upstream(), pull.repository(), digest, ask))
                        .thenCompose(blob -> answer(pull, blob)));
    }

    private CompletableFuture<Answer> answer(Pull pull, Blob blob) {
        return answer(pull, blob.descriptor(), blob.body(), Origin.of(blob.source()), List.of());
    }

    private CompletableFuture<Answer> blobInfo(Pull pull, Digest digest) {
        return allowedBlob(
                pull,
                digest,
                ask -> brought(pull, content.blobInfo(pull.upstream(), pull.repository(), digest, ask))
                        .thenCompose(info -> answer(pull, info)));
    }

    private CompletableFuture<Answer> answer(Pull pull, BlobInfo info) {
        Origin origin = info.held() ? Origin.HIT : Origin.MISS;
        return answer(pull, info.descriptor(), new HeadOnly(info.descriptor().size()), origin, List.of());
    }

    /** A blob may be asked for upstream where no rule needs a manifest that names it. */
    private CompletableFuture<Answer> allowedBlob(
            Pull pull, Digest digest, Function<Boolean, CompletableFuture<Answer>> bring) {
        boolean askUpstream = !pull.settings.policy().looksAtContent(pull.repository());
        return pull.settings
                .policy()
                .onNames(pull.repository(), new Reference.ByDigest(digest))
                .match(rule -> bring.apply(askUpstream), refusal -> refuse(pull, refusal));
    }

    private CompletableFuture<Answer> answer(
            Pull pull, Descriptor descriptor, Body body, Origin origin, List<Notice> notices) {
        String client = pull.principal.toString();
        Digest digest = descriptor.digest();
        return audit.record(new AuditEvent.Allowed(client, pull.repository(), pull.reference(), digest))
                .whenComplete((durable, failure) -> {
                    if (failure != null) {
                        body.close();
                    }
                })
                .thenApply(durable -> new Answer(
                        pull.repository(),
                        descriptor,
                        body,
                        origin,
                        notices,
                        (bytes, complete) -> audit.record(
                                new AuditEvent.Ended(client, pull.repository(), digest, bytes, complete))));
    }

    /** What content brings, or on record that it could not. */
    private <T> CompletableFuture<T> brought(Pull pull, CompletableFuture<T> coming) {
        return coming.exceptionallyCompose(failure -> {
            Throwable cause = Causes.of(failure);
            return cause instanceof RegistryException told ? failed(pull, told) : CompletableFuture.failedFuture(cause);
        });
    }

    private <T> CompletableFuture<T> failed(Pull pull, RegistryException told) {
        if (told instanceof RegistryException.NotHere) {
            notebook.missed(pull.wanted, pull.repository());
        }
        return audit.record(new AuditEvent.Failed(
                        pull.principal.toString(),
                        pull.repository(),
                        pull.reference(),
                        told.status(),
                        told.getMessage()))
                .thenCompose(durable -> CompletableFuture.failedFuture(told));
    }

    private <T> CompletableFuture<T> refuse(Pull pull, RegistryException refusal) {
        return audit.record(new AuditEvent.Refused(
                        pull.principal.toString(), pull.repository(), pull.reference(), refusal.getMessage()))
                .thenCompose(durable -> CompletableFuture.failedFuture(refusal));
    }

    private <T> CompletableFuture<T> unroutable(Principal principal, Address address, RegistryException why) {
        String client = principal.toString();
        AuditEvent event = why instanceof RegistryException.NotAnUpstream elsewhere
                ? new AuditEvent.NotAnUpstream(client, elsewhere.repository(), why.getMessage())
                : new AuditEvent.Unroutable(client, address.asked(), why.getMessage());
        return audit.record(event).thenCompose(durable -> CompletableFuture.failedFuture(why));
    }

    private static List<Notice> notices(Resolved resolved) {
        return resolved.staleBecause()
                .<List<Notice>>map(because -> List.of(new Notice.Stale(because, resolved.age())))
                .orElse(List.of());
    }

    /** What is known of a pull once its names are understood. */
    private record Pull(Settings settings, Route route, Principal principal, Wanted wanted) {

        private static final TagPattern NOT_A_TAG =
                new TagPattern("**", TagPattern.Mode.NEVER, Duration.ZERO, Duration.ZERO, Duration.ZERO, false);

        /** What is wanted, as it is written in the record of a decision. */
        String reference() {
            return wanted.recorded();
        }

        Repository repository() {
            return route.repository();
        }

        Upstream upstream() {
            return route.upstream();
        }

        TagPattern freshness(Reference reference) {
            return reference instanceof Reference.Tag tag ? settings.tags().match(repository(), tag) : NOT_A_TAG;
        }
    }
}
