package io.entrepot.server.content;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.Resolved.Source;
import io.entrepot.server.content.TagCheck.Said;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.storage.TagRecord;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a tag means now: what it is pinned to, else what its history says by the rule while that is fresh, else what the
 * upstream says, by the rule, else its record after all.
 */
final class TagResolver {

    private final TagCache tags;
    private final Manifests manifests;
    private final DigestResolver byDigest;
    private final TagCheck check;
    private final PinWatch watch;
    private final Incidents incidents;
    private final Clock clock;
    private final Clock trusted;

    /**
     * @param clock for freshness
     * @param trusted for ages
     */
    TagResolver(
            TagCache tags,
            Manifests manifests,
            DigestResolver byDigest,
            Absent absent,
            Incidents incidents,
            Clock clock,
            Clock trusted,
            Bulkhead bulkhead) {
        this.tags = tags;
        this.manifests = manifests;
        this.byDigest = byDigest;
        this.check = new TagCheck(tags, manifests, absent, incidents, clock, trusted, bulkhead);
        this.watch = new PinWatch(check, incidents, clock);
        this.incidents = incidents;
        this.clock = clock;
        this.trusted = trusted;
    }

    /** What the tag means; fails as the upstream did if nothing here may be answered with. */
    CompletableFuture<Resolved> resolve(
            Upstream upstream, Repository repository, Tag tag, TagPattern pattern, TagRule rule) {
        TagQuestion question = new TagQuestion(upstream, repository, tag, pattern, rule);
        return rule instanceof TagRule.Pinned pinned
                ? pinned(question, pinned.digest())
                : tags.find(repository, tag).thenCompose(known -> follow(question, known));
    }

    /** The pinned manifest, whatever the tag means now: the upstream is asked for the digest if it is not held. */
    private CompletableFuture<Resolved> pinned(TagQuestion question, Digest pin) {
        return byDigest.resolveNamed(question.upstream(), question.repository(), pin)
                .thenCompose(resolved -> tags.find(question.repository(), question.tag())
                        .thenApply(known -> {
                            watch.look(question, pin, known);
                            return under(question, known, resolved.manifest(), resolved.source(), "");
                        }));
    }

    private CompletableFuture<Resolved> follow(TagQuestion question, Optional<TagRecord> known) {
        PullPlan plan = plan(question, known);
        if (plan instanceof PullPlan.Serve serve) {
            return serve(question, known, serve);
        }
        if (plan instanceof PullPlan.Revalidate revalidate) {
            return revalidate(question, revalidate);
        }
        return check.fetch(question, known.isEmpty()).thenCompose(said -> answer(question, said));
    }

    private PullPlan plan(TagQuestion question, Optional<TagRecord> known) {
        return question.isOffline()
                ? PullPlan.offline(known, question.pattern(), question.rule(), clock.instant(), trusted.instant())
                : PullPlan.of(
                        known,
                        question.pattern(),
                        question.rule(),
                        question.thrift(),
                        clock.instant(),
                        trusted.instant());
    }

    private CompletableFuture<Resolved> serve(TagQuestion question, Optional<TagRecord> known, PullPlan.Serve serve) {
        Optional<Digest> pin = question.pin(known).filter(serve.manifest().digest()::equals);
        if (pin.isPresent()) {
            watch.look(question, pin.get(), known);
        } else if (serve.refresh() && check.failing(question.sparing()).isEmpty()) {
            check.ask(question.sparing());
        }
        return manifests
                .find(question.upstream(), question.repository(), serve.manifest())
                .thenApply(manifest -> new Resolved(
                        manifest,
                        serve.staleBecause().isPresent() ? Source.STALE : Source.HIT,
                        serve.age(),
                        serve.staleBecause(),
                        sighting(question, known, serve.manifest().digest())));
    }

    private CompletableFuture<Resolved> revalidate(TagQuestion question, PullPlan.Revalidate plan) {
        TagQuestion asking = plan.stale() ? question.sparing() : question;
        Optional<UpstreamException> recent = check.failing(asking);
        if (plan.stale() && recent.isPresent()) {
            return afterFailure(question, plan, recent.get());
        }
        boolean suspended = question.upstream().isSuspended();
        CompletableFuture<Said> asked = check.ask(asking);
        if (plan.stale() && (suspended || plan.maxWait().isZero()) && !asked.isDone()) {
            // nobody with an answer at hand waits for the request that finds out whether an upstream is back
            return stale(question, plan, "the upstream is asked meanwhile");
        }
        return outcome(question, plan, plan.stale() ? atMost(asked, plan.maxWait()) : asked);
    }

    private CompletableFuture<Resolved> outcome(
            TagQuestion question, PullPlan.Revalidate plan, CompletableFuture<Said> asked) {
        return asked.<CompletableFuture<Resolved>>handle((said, failure) -> failure == null
                        ? answer(question, said)
                        : afterFailure(question, plan, Failures.cause(failure)))
                .thenCompose(resolved -> resolved);
    }

    private CompletableFuture<Resolved> afterFailure(
            TagQuestion question, PullPlan.Revalidate plan, Throwable failure) {
        if (failure instanceof UpstreamException said
                && !question.isRefusalOfCaller(said)
                && PullPlan.mayAnswer(plan, question.pattern(), said)) {
            return stale(question, plan, String.valueOf(said.getMessage()));
        }
        return CompletableFuture.failedFuture(failure);
    }

    private CompletableFuture<Resolved> stale(TagQuestion question, PullPlan.Revalidate plan, String why) {
        incidents.report(new Incident.ServedStale(question.repository(), question.tag(), why));
        return manifests
                .find(question.upstream(), question.repository(), plan.manifest())
                .thenCompose(manifest -> recorded(question)
                        .thenApply(known -> new Resolved(
                                manifest,
                                Source.STALE,
                                plan.age(),
                                Optional.of(why),
                                sighting(question, known, plan.manifest().digest()))));
    }

    private static CompletableFuture<Said> atMost(CompletableFuture<Said> asked, Duration wait) {
        CompletableFuture<Said> late = new CompletableFuture<Said>();
        CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> late.completeExceptionally(new UpstreamException(
                        UpstreamException.Kind.TIMEOUT,
                        "the upstream did not answer within " + wait.toMillis() + " ms")));
        return asked.applyToEither(late, said -> said);
    }

    /** The upstream has spoken; the rule says what of all that it has said holds. */
    private CompletableFuture<Resolved> answer(TagQuestion question, Said said) {
        return recorded(question).thenCompose(known -> {
            TagChoice choice = known.map(record -> question.choice(record, trusted.instant()))
                    .orElseGet(() -> new TagChoice(said.manifest(), false));
            boolean asSaid = choice.manifest().digest().equals(said.manifest().digest());
            return manifests
                    .find(question.upstream(), question.repository(), choice.manifest())
                    .thenApply(manifest -> under(
                            question, known, manifest, asSaid ? said.source() : Source.REVALIDATED, said.endpoint()));
        });
    }

    private CompletableFuture<Optional<TagRecord>> recorded(TagQuestion question) {
        return question.isRecorded()
                ? tags.find(question.repository(), question.tag())
                : CompletableFuture.completedFuture(Optional.empty());
    }

    private static Resolved under(
            TagQuestion question, Optional<TagRecord> known, Manifest manifest, Source source, String endpoint) {
        Optional<TagSighting> sighting =
                sighting(question, known, manifest.descriptor().digest());
        return new Resolved(manifest, source, Duration.ZERO, Optional.empty(), sighting, endpoint);
    }

    private static Optional<TagSighting> sighting(TagQuestion question, Optional<TagRecord> known, Digest digest) {
        return known.map(record -> TagSighting.of(record, digest))
                .or(() -> Optional.of(TagSighting.unrecorded(question.tag())));
    }
}
