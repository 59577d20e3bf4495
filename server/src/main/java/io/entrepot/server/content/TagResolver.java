package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.Resolved.Source;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.storage.TagRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a tag means now: from its record while that is fresh, else from the upstream, else from the record after all. */
final class TagResolver {

    /** After a failed revalidation the record is served for so long without asking again, or as long as Retry-After says. */
    private static final Duration BACK_OFF = Duration.ofSeconds(10);

    private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);

    private final TagCache tags;
    private final Manifests manifests;
    private final Absent absent;
    private final Incidents incidents;
    private final Clock clock;
    private final Flights<Key, Seen> flights = new Flights<>();
    private final Cache<Key, Failing> failing = Caffeine.newBuilder()
            .maximumSize(100_000)
            .expireAfterWrite(LONGEST_BACK_OFF)
            .build();

    TagResolver(TagCache tags, Manifests manifests, Absent absent, Incidents incidents, Clock clock) {
        this.tags = tags;
        this.manifests = manifests;
        this.absent = absent;
        this.incidents = incidents;
        this.clock = clock;
    }

    /** What the tag means; fails as the upstream did if nothing here may be answered with. */
    CompletableFuture<Resolved> resolve(Upstream upstream, Repository repository, Tag tag, TagPattern pattern) {
        Question question = new Question(upstream, repository, tag, pattern);
        return tags.find(repository, tag).thenCompose(known -> follow(question, plan(question, known)));
    }

    private PullPlan plan(Question question, Optional<TagRecord> known) {
        return question.upstream().config().offline()
                ? PullPlan.offline(known, question.pattern(), clock.instant())
                : PullPlan.of(known, question.pattern(), clock.instant());
    }

    private CompletableFuture<Resolved> follow(Question question, PullPlan plan) {
        if (plan instanceof PullPlan.Serve serve) {
            return serve(question, serve);
        }
        if (plan instanceof PullPlan.Revalidate revalidate) {
            return revalidate(question, revalidate);
        }
        return fetch(question).thenCompose(seen -> answer(question, seen));
    }

    private CompletableFuture<Resolved> serve(Question question, PullPlan.Serve serve) {
        if (serve.refresh() && failing(question).isEmpty()) {
            ask(question, serve.manifest());
        }
        return manifest(question, serve.manifest())
                .thenApply(manifest -> new Resolved(
                        manifest,
                        serve.staleBecause().isPresent() ? Source.STALE : Source.HIT,
                        serve.age(),
                        serve.staleBecause(),
                        Optional.of(sighting(question))));
    }

    private CompletableFuture<Resolved> revalidate(Question question, PullPlan.Revalidate plan) {
        Optional<UpstreamException> recent = failing(question);
        if (plan.stale() && recent.isPresent()) {
            return afterFailure(question, plan, recent.get());
        }
        CompletableFuture<Seen> asked = ask(question, plan.manifest());
        if (plan.stale() && plan.maxWait().isZero() && !asked.isDone()) {
            return stale(question, plan, "the upstream is asked meanwhile");
        }
        return outcome(question, plan, plan.stale() ? atMost(asked, plan.maxWait()) : asked);
    }

    private Optional<UpstreamException> failing(Question question) {
        return Optional.ofNullable(failing.getIfPresent(question.key()))
                .filter(known -> known.until().isAfter(clock.instant()))
                .map(Failing::why);
    }

    private CompletableFuture<Resolved> outcome(
            Question question, PullPlan.Revalidate plan, CompletableFuture<Seen> asked) {
        return asked.<CompletableFuture<Resolved>>handle((seen, failure) -> failure == null
                        ? answer(question, seen)
                        : afterFailure(question, plan, Failures.cause(failure)))
                .thenCompose(resolved -> resolved);
    }

    private CompletableFuture<Resolved> afterFailure(Question question, PullPlan.Revalidate plan, Throwable failure) {
        if (failure instanceof UpstreamException said && PullPlan.mayAnswer(plan, question.pattern(), said)) {
            return stale(question, plan, String.valueOf(said.getMessage()));
        }
        return CompletableFuture.failedFuture(failure);
    }

    private CompletableFuture<Resolved> stale(Question question, PullPlan.Revalidate plan, String why) {
        incidents.report(new Incident.ServedStale(question.repository(), question.tag(), why));
        return manifest(question, plan.manifest())
                .thenApply(manifest -> new Resolved(
                        manifest, Source.STALE, plan.age(), Optional.of(why), Optional.of(sighting(question))));
    }

    private static CompletableFuture<Seen> atMost(CompletableFuture<Seen> asked, Duration wait) {
        CompletableFuture<Seen> late = new CompletableFuture<Seen>();
        CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> late.completeExceptionally(new UpstreamException(
                        UpstreamException.Kind.TIMEOUT,
                        "the upstream did not answer within " + wait.toMillis() + " ms")));
        return asked.applyToEither(late, seen -> seen);
    }

    /** One revalidation for everybody who asks meanwhile; it ends by itself, also when nobody waits for it any more. */
    private CompletableFuture<Seen> ask(Question question, Descriptor record) {
        return flights.join(
                question.key(),
                () -> head(question, record).whenComplete((seen, failure) -> {
                    if (failure != null && Failures.cause(failure) instanceof UpstreamException said) {
                        failing.put(question.key(), Failing.of(said, clock.instant()));
                    } else {
                        failing.invalidate(question.key());
                    }
                }));
    }

    private CompletableFuture<Seen> head(Question question, Descriptor record) {
        return question.upstream()
                .head(question.repository(), question.tag())
                .thenCompose(said -> said.isPresent() ? compare(question, record, said.get()) : get(question))
                .exceptionallyCompose(failure -> ended(question, Failures.cause(failure)));
    }

    private CompletableFuture<Seen> compare(Question question, Descriptor record, Descriptor said) {
        if (said.digest().equals(record.digest())) {
            return note(question, record).thenApply(done -> new Seen(record, Source.REVALIDATED));
        }
        if (question.pattern().mode() == Mode.IMMUTABLE) {
            return note(question, said).thenApply(done -> new Seen(record, Source.REVALIDATED));
        }
        return noted(question, manifest(question, said));
    }

    private CompletableFuture<Seen> noted(Question question, CompletableFuture<Manifest> fetched) {
        return fetched.thenCompose(manifest -> note(question, manifest.descriptor())
                .thenApply(done -> new Seen(manifest.descriptor(), Source.FETCHED)));
    }

    /** Nothing is known of the tag: one GET for everybody who asks meanwhile. */
    private CompletableFuture<Seen> fetch(Question question) {
        return absent.unlessAbsent(
                Absent.Endpoint.MANIFESTS,
                question.repository(),
                question.tag(),
                () -> flights.join(question.key(), () -> get(question)));
    }

    private CompletableFuture<Seen> get(Question question) {
        return noted(question, manifests.fetch(question.upstream(), question.repository(), question.tag()));
    }

    private CompletableFuture<Seen> ended(Question question, Throwable failure) {
        boolean gone = failure instanceof UpstreamException said
                && said.kind() == UpstreamException.Kind.NOT_FOUND
                && question.pattern().mode() == Mode.REVALIDATE
                && !question.pattern().staleOnNotFound();
        CompletableFuture<Void> noted = gone
                ? tags.gone(question.repository(), question.tag(), clock.instant())
                : CompletableFuture.completedFuture(null);
        return noted.handle((done, ignored) -> null).thenCompose(done -> CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<Void> note(Question question, Descriptor means) {
        if (question.pattern().mode() == Mode.NEVER) {
            return CompletableFuture.completedFuture(null);
        }
        return tags.find(question.repository(), question.tag()).thenCompose(before -> {
            before.ifPresent(record -> report(question, record, means));
            return tags.saw(question.repository(), question.tag(), means, clock.instant())
                    .thenApply(record -> null);
        });
    }

    private void report(Question question, TagRecord before, Descriptor now) {
        Descriptor was = before.latest().manifest();
        if (was.digest().equals(now.digest())) {
            return;
        }
        if (before.left(now.digest()).isPresent()) {
            incidents.report(new Incident.TagRollback(question.repository(), question.tag(), was, now));
        } else if (question.pattern().mode() == Mode.IMMUTABLE) {
            Descriptor served = before.earliest().manifest();
            incidents.report(new Incident.ImmutableMoved(question.repository(), question.tag(), served, now));
        } else {
            incidents.report(new Incident.TagMoved(question.repository(), question.tag(), was, now));
        }
    }

    private CompletableFuture<Resolved> answer(Question question, Seen seen) {
        return manifest(question, seen.manifest())
                .thenApply(manifest -> new Resolved(
                        manifest, seen.source(), Duration.ZERO, Optional.empty(), Optional.of(sighting(question))));
    }

    private CompletableFuture<Manifest> manifest(Question question, Descriptor descriptor) {
        return manifests
                .held(descriptor)
                .thenCompose(held -> held.isPresent()
                        ? CompletableFuture.completedFuture(held.get())
                        : manifests.fetch(
                                question.upstream(), question.repository(), new ByDigest(descriptor.digest())));
    }

    private static TagSighting sighting(Question question) {
        return new TagSighting(question.tag(), Optional.empty(), false, false);
    }

    private record Question(Upstream upstream, Repository repository, Tag tag, TagPattern pattern) {
        Key key() {
            return new Key(repository, tag);
        }
    }

    private record Key(Repository repository, Reference tag) {}

    /** An upstream that could not say what a tag means, and until when it is not asked again. */
    private record Failing(UpstreamException why, Instant until) {
        static Failing of(UpstreamException why, Instant now) {
            Duration longer = why.retryAfter().compareTo(BACK_OFF) > 0 ? why.retryAfter() : BACK_OFF;
            return new Failing(why, now.plus(longer.compareTo(LONGEST_BACK_OFF) < 0 ? longer : LONGEST_BACK_OFF));
        }
    }

    /** What the upstream said just now, and how we learned it. */
    private record Seen(Descriptor manifest, Source source) {}
}
