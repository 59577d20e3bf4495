package io.entrepot.server.pull;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.RegistryException;
import io.entrepot.server.access.Principal;
import io.entrepot.server.audit.AuditLog;
import io.entrepot.server.content.Body;
import io.entrepot.server.content.Content;
import io.entrepot.server.content.Content.Blob;
import io.entrepot.server.content.Content.BlobInfo;
import io.entrepot.server.content.Resolved;
import io.entrepot.server.content.TagRule;
import io.entrepot.server.policy.Grounds;
import io.entrepot.server.policy.Moment;
import io.entrepot.server.policy.Verdict;
import io.entrepot.server.pull.Recorder.Given;
import io.entrepot.server.trust.Trust;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
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
    private final Recorder recorder;
    private final Notebook notebook;
    private final TagPages tagPages;
    private final InUse inUse = new InUse();

    public PullService(Supplier<Settings> settings, Content content, Trust trust, AuditLog audit, Notebook notebook) {
        this.settings = settings;
        this.content = content;
        this.trust = trust;
        this.recorder = new Recorder(audit, notebook);
        this.notebook = notebook;
        this.tagPages = new TagPages(content);
    }

    /** A manifest or a blob. */
    public CompletableFuture<Answer> pull(PullRequest request) {
        return begin(
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
        return begin(
                request.address(),
                request.client(),
                Wanted.TAGS,
                pull -> allowed(
                        pull,
                        pull.judge().anything(),
                        (rule, grounds) -> recorder.brought(pull, tagPages.page(pull.route(), request))));
    }

    /** A page of the manifests that refer to another. Who may not pull that is not told who speaks of it. */
    public CompletableFuture<Referring> referrers(ReferrersRequest request) {
        Digest subject = request.subject();
        return begin(
                request.address(),
                request.client(),
                Wanted.referrers(subject),
                pull -> subject(
                        pull,
                        new ByDigest(subject),
                        () -> recorder.brought(pull, content.referrers(pull.upstream(), pull.repository(), subject))
                                .thenApply(list -> ReferrerPages.page(pull.repository(), request, list))));
    }

    private <T> CompletableFuture<T> begin(
            Address address, Client client, Wanted wanted, Function<Pull, CompletableFuture<T>> next) {
        Settings now = settings.get();
        return client.isOperator()
                ? route(now, new Principal.Operator(), address, wanted, next)
                : now.access()
                        .identify(client.offer())
                        .thenCompose(principal -> route(now, principal, address, wanted, next));
    }

    private <T> CompletableFuture<T> route(
            Settings now,
            Principal principal,
            Address address,
            Wanted wanted,
            Function<Pull, CompletableFuture<T>> next) {
        Route route;
        try {
            route = now.router().route(address);
        } catch (RegistryException e) {
            return recorder.unroutable(principal, address, e);
        }
        Pull pull = new Pull(now, route, principal, wanted, judge(now, route, principal));
        return now.access()
                .refusal(principal, pull.upstream().config())
                .or(() -> now.access().refusal(principal, pull.repository()))
                .map(refusal -> recorder.<T>refuse(pull, refusal))
                .orElseGet(() -> observed(pull, next));
    }

    private Judge judge(Settings now, Route route, Principal principal) {
        Moment moment = new Moment(Instant.now(), content.trustedNow());
        return new Judge(content, now.policy(), route.upstream(), route.repository(), Askers.of(principal), moment);
    }

    private <T> CompletableFuture<T> observed(Pull pull, Function<Pull, CompletableFuture<T>> next) {
        CompletableFuture<T> answer = next.apply(pull);
        return pull.upstream().config().observe()
                ? answer.whenComplete((given, failure) -> notebook.observed(pull.repository(), failure == null))
                : answer;
    }

    private CompletableFuture<Answer> manifest(Pull pull, Reference reference) {
        return allowed(pull, pull.judge().names(reference), (rule, grounds) -> resolve(pull, reference, rule, grounds));
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
        return aged.thenCompose(done -> allowed(
                pull,
                verdict,
                (rule, grounds) -> content.admit(pull.repository(), resolved)
                        .thenCompose(linked -> recorder.answer(
                                pull, given(resolved, grounds), (bytes, complete) -> gave(pull, resolved)))));
    }

    private void gave(Pull pull, Resolved resolved) {
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

    private static Given given(Resolved resolved, Grounds grounds) {
        return new Given(
                resolved.manifest().descriptor(),
                new Body.Bytes(resolved.manifest().bytes()),
                Origin.of(resolved.source()),
                grounds,
                notices(resolved, grounds));
    }

    private CompletableFuture<Answer> blob(Pull pull, Digest digest) {
        return blob(
                pull,
                digest,
                (ask, grounds) -> recorder.brought(pull, content.blob(pull.upstream(), pull.repository(), digest, ask))
                        .thenCompose(blob -> recorder.answer(pull, given(blob, grounds), (bytes, complete) -> {})));
    }

    private static Given given(Blob blob, Grounds grounds) {
        return new Given(blob.descriptor(), blob.body(), Origin.of(blob.source()), grounds, warnings(grounds));
    }

    private CompletableFuture<Answer> blobInfo(Pull pull, Digest digest) {
        return blob(
                pull,
                digest,
                (ask, grounds) -> recorder.brought(
                                pull, content.blobInfo(pull.upstream(), pull.repository(), digest, ask))
                        .thenCompose(info -> recorder.answer(pull, given(info, grounds), (bytes, complete) -> {})));
    }

    private static Given given(BlobInfo info, Grounds grounds) {
        return new Given(
                info.descriptor(),
                new HeadOnly(info.descriptor().size()),
                info.held() ? Origin.HIT : Origin.MISS,
                grounds,
                warnings(grounds));
    }

    /** Where no rule looks at content, the upstream may be asked for a blob; else a manifest must name it, and be allowed. */
    private CompletableFuture<Answer> blob(
            Pull pull, Digest digest, BiFunction<Boolean, Grounds, CompletableFuture<Answer>> bring) {
        return allowed(
                pull,
                pull.judge().blobNames(digest),
                (rule, grounds) ->
                        pull.judge().needs().content() ? named(pull, digest, bring) : bring.apply(true, grounds));
    }

    private CompletableFuture<Answer> named(
            Pull pull, Digest digest, BiFunction<Boolean, Grounds, CompletableFuture<Answer>> bring) {
        return recorder.brought(pull, content.link(pull.repository(), digest))
                .thenCompose(link ->
                        link.filter(found -> found.mediaType().isManifest()).isPresent()
                                ? asManifest(pull, digest, bring)
                                : recorder.brought(pull, blobVerdict(pull, digest))
                                        .thenCompose(verdict -> allowed(
                                                pull, verdict, (rule, grounds) -> bring.apply(false, grounds))));
    }

    private CompletableFuture<Verdict> blobVerdict(Pull pull, Digest digest) {
        return pull.judge()
                .blob(digest)
                .thenCompose(verdict -> unlessInUse(pull, digest, verdict.orElseThrow(() -> unnamed(pull, digest))));
    }

    /** What no manifest names is nobody's here, also if the upstream was once seen to serve it. */
    private static RegistryException unnamed(Pull pull, Digest digest) {
        return new RegistryException.BlobUnknown("no manifest of " + pull.repository() + " that was pulled here names "
                + digest + ": pull the manifest through this mirror first");
    }

    private CompletableFuture<Verdict> unlessInUse(Pull pull, Digest blob, Verdict verdict) {
        Duration grace = pull.settings().policy().inUseGrace();
        if (grace.isZero()) {
            return CompletableFuture.completedFuture(verdict);
        }
        String client = pull.principal().toString();
        if (verdict instanceof Verdict.Allow) {
            inUse.read(client, pull.repository(), blob);
            return CompletableFuture.completedFuture(verdict);
        }
        return content.naming(pull.upstream(), pull.repository(), blob)
                .thenApply(manifests -> inUse.goesOn(client, pull.repository(), blob, manifests, grace)
                        ? new Verdict.Allow(
                                TagRule.FREE, new Grounds("", List.of(), "in use since before it was refused"))
                        : verdict);
    }

    private CompletableFuture<Answer> asManifest(
            Pull pull, Digest digest, BiFunction<Boolean, Grounds, CompletableFuture<Answer>> bring) {
        return subject(pull, new ByDigest(digest), () -> bring.apply(false, Grounds.NONE));
    }

    /** Goes on if content that is asked for by digest is allowed as itself. */
    private <T> CompletableFuture<T> subject(Pull pull, ByDigest reference, Supplier<CompletableFuture<T>> next) {
        return allowed(
                pull,
                pull.judge().names(reference),
                (rule, byNames) -> pull.judge().needs().content()
                        ? resolved(pull, reference, TagRule.FREE)
                                .thenCompose(resolved -> judged(pull, reference, resolved, byNames))
                                .thenCompose(verdict -> allowed(pull, verdict, (free, grounds) -> next.get()))
                        : next.get());
    }

    private <T> CompletableFuture<T> allowed(
            Pull pull, Verdict verdict, BiFunction<TagRule, Grounds, CompletableFuture<T>> next) {
        if (verdict instanceof Verdict.Allow allow) {
            return next.apply(allow.tagRule(), allow.grounds());
        }
        if (verdict instanceof Verdict.Deny deny) {
            return recorder.refuse(pull, deny.rule(), refusal(pull, deny));
        }
        Verdict.Undecided undecided = (Verdict.Undecided) verdict;
        return recorder.refuse(
                pull, undecided.rule(), new RegistryException.Unavailable(undecided.message(), undecided.retryAfter()));
    }

    /** Somebody who might be allowed, if we knew who they are, is asked that first. */
    private static RegistryException refusal(Pull pull, Verdict.Deny deny) {
        Optional<RegistryException> challenge = deny.identityMayHelp()
                ? pull.settings().access().challenge(pull.principal(), pull.repository(), deny.message())
                : Optional.empty();
        return challenge.orElseGet(() -> new RegistryException.Denied(deny.message()));
    }

    private static List<Notice> notices(Resolved resolved, Grounds grounds) {
        List<Notice> notices = new ArrayList<>(warnings(grounds));
        resolved.staleBecause().ifPresent(because -> notices.add(new Notice.Stale(because, resolved.age())));
        return notices;
    }

    private static List<Notice> warnings(Grounds grounds) {
        return grounds.warnings().isEmpty()
                ? List.of()
                : grounds.warnings().stream().<Notice>map(Notice.Warned::new).toList();
    }
}
