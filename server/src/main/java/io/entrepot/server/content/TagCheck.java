package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.oci.Descriptor;
import io.entrepot.server.content.Resolved.Source;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.Upstream.HeadReply;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.storage.TagRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks an upstream what a tag means now, once for everybody who asks meanwhile, and writes down what it says. */
final class TagCheck {

    /** After a failure nobody asks for so long, or as long as Retry-After says. */
    private static final Duration BACK_OFF = Duration.ofSeconds(10);

    private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);

    /** No upstream counts in longer windows. */
    private static final Duration LONGEST_WITHHELD = Duration.ofHours(6);

    private final TagCache tags;
    private final Manifests manifests;
    private final TagMove move;
    private final Absent absent;
    private final Incidents incidents;
    private final Clock clock;
    private final Clock trusted;
    private final Bulkhead bulkhead;
    private final Flights<TagQuestion.Key, Said> flights = new Flights<>();
    private final Cache<TagQuestion.Key, Failing> failing = Caffeine.newBuilder()
            .maximumSize(100_000)
            .expireAfterWrite(LONGEST_WITHHELD)
            .build();

    /** Tags of which nothing is on record that were answered since the start. */
    private final Cache<TagQuestion.Key, Boolean> lately =
            Caffeine.newBuilder().maximumSize(100_000).build();

    TagCheck(
            TagCache tags,
            Manifests manifests,
            Absent absent,
            Incidents incidents,
            Clock clock,
            Clock trusted,
            Bulkhead bulkhead) {
        this.tags = tags;
        this.manifests = manifests;
        this.move = new TagMove(manifests);
        this.absent = absent;
        this.incidents = incidents;
        this.clock = clock;
        this.trusted = trusted;
        this.bulkhead = bulkhead;
    }

    /** What the upstream said just now, how we learned it, and from which of its hosts if it has several. */
    record Said(Descriptor manifest, Source source, String endpoint) {}

    /** An upstream that could not say what a tag means, and until when it is not asked again. */
    private record Failing(UpstreamException why, Instant until) {
        static Failing of(UpstreamException why, Instant now) {
            Duration longer = why.retryAfter().compareTo(BACK_OFF) > 0 ? why.retryAfter() : BACK_OFF;
            return new Failing(why, now.plus(longer.compareTo(LONGEST_BACK_OFF) < 0 ? longer : LONGEST_BACK_OFF));
        }
    }

    /** Why the upstream could not say it a moment ago. */
    Optional<UpstreamException> failing(TagQuestion question) {
        return Optional.ofNullable(failing.getIfPresent(question.key()))
                .filter(known -> known.until().isAfter(clock.instant()))
                .map(Failing::why);
    }

    /** By HEAD, and by GET for what is needed and not held; it ends by itself, also when nobody waits for it any more. */
    CompletableFuture<Said> ask(TagQuestion question) {
        return together(question, () -> anew(question).whenComplete((said, failure) -> remember(question, failure)));
    }

    private void remember(TagQuestion question, @Nullable Throwable failure) {
        if (failure == null || !(Failures.cause(failure) instanceof UpstreamException why)) {
            failing.invalidate(question.key());
        } else if (why.kind() != UpstreamException.Kind.SUSPENDED && why.kind() != UpstreamException.Kind.WITHHELD) {
            // who does not ask says so as quickly as we do, and knows better when it is time to
            failing.put(question.key(), Failing.of(why, clock.instant()));
        }
    }

    /**
     * Nothing is on record: by one GET, which brings what HEAD would say and more. Where nothing may be remembered of a tag,
     * what it meant a while ago is likely to be held: then by HEAD, too.
     *
     * @param isNew whether nothing was ever on record
     */
    CompletableFuture<Said> fetch(TagQuestion question, boolean isNew) {
        if (lately.getIfPresent(question.key()) != null) {
            return ask(question);
        }
        Upstream upstream = isNew && question.isRecorded() ? question.upstream().forNewName() : question.upstream();
        return absent.unlessAbsent(
                Absent.Endpoint.MANIFESTS,
                question.upstream(),
                question.repository(),
                question.tag(),
                () -> together(question, () -> get(question, upstream)));
    }

    private CompletableFuture<Said> together(TagQuestion question, Supplier<CompletableFuture<Said>> ask) {
        return bulkhead.await(question.upstream().registry(), () -> flights.join(question.key(), ask));
    }

    private CompletableFuture<Said> anew(TagQuestion question) {
        boolean byGet = question.pattern().askByGet() && !question.thrift().metered();
        return (byGet ? get(question, question.upstream()) : head(question))
                .exceptionallyCompose(failure -> ended(question, Failures.cause(failure)));
    }

    private CompletableFuture<Said> head(TagQuestion question) {
        return question.upstream()
                .head(question.repository(), question.tag())
                .thenCompose(said -> said.isPresent() ? compare(question, said.get()) : unsaid(question));
    }

    /** A GET would tell, but is not sent for that while there is something to answer with. */
    private CompletableFuture<Said> unsaid(TagQuestion question) {
        return tags.find(question.repository(), question.tag())
                .thenCompose(known ->
                        known.filter(record -> PullPlan.mayBeStale(record, question.pattern(), clock.instant()))
                                        .isPresent()
                                ? CompletableFuture.failedFuture(unsaidByHead(question))
                                : get(question, question.upstream()));
    }

    private static UpstreamException unsaidByHead(TagQuestion question) {
        return new UpstreamException(
                UpstreamException.Kind.INVALID,
                question.repository() + ":" + question.tag()
                        + ": HEAD does not say what it means (expected: a digest, a type and a length; ask-by-get: true for"
                        + " its tags asks by GET)",
                question.pattern().fresh());
    }

    private CompletableFuture<Said> compare(TagQuestion question, HeadReply reply) {
        Descriptor said = reply.descriptor();
        return tags.find(question.repository(), question.tag()).thenCompose(known -> {
            if (known.filter(record -> means(record, said)).isPresent()) {
                return noted(question, known.get().latest().manifest(), Source.REVALIDATED, reply.endpoint());
            }
            return isAnswer(question, known, said)
                    ? move.fetch(
                                    question.upstream(),
                                    question.repository(),
                                    known.map(record -> record.latest().manifest()),
                                    said)
                            .exceptionallyCompose(failure -> unfetched(question, Failures.cause(failure)))
                            .thenCompose(manifest ->
                                    noted(question, manifest.descriptor(), Source.FETCHED, reply.endpoint()))
                    : noted(question, said, Source.REVALIDATED, reply.endpoint());
        });
    }

    /** What it moved to may not be fetched: then it is not asked again either before it may be, nor more often than fresh. */
    private <T> CompletableFuture<T> unfetched(TagQuestion question, Throwable failure) {
        if (failure instanceof UpstreamException why && why.kind() == UpstreamException.Kind.WITHHELD) {
            Duration fresh = question.pattern().fresh();
            Duration longer = why.retryAfter().compareTo(fresh) > 0 ? why.retryAfter() : fresh;
            failing.put(question.key(), new Failing(why, clock.instant().plus(longer)));
        }
        return CompletableFuture.failedFuture(failure);
    }

    private static boolean means(TagRecord record, Descriptor said) {
        return record.latest().manifest().digest().equals(said.digest());
    }

    /** Whether the tag will mean this once it is on record: if not, nobody needs it. */
    private boolean isAnswer(TagQuestion question, Optional<TagRecord> known, Descriptor said) {
        if (question.rule() instanceof TagRule.Pinned) {
            return false;
        }
        TagRecord then = known.map(record -> record.seen(said, clock.instant()))
                .orElseGet(() -> TagRecord.first(question.tag(), said, clock.instant()));
        return question.choice(then, trusted.instant()).manifest().digest().equals(said.digest());
    }

    private CompletableFuture<Said> get(TagQuestion question, Upstream upstream) {
        return manifests
                .fetchSaid(upstream, question.repository(), question.tag())
                .thenCompose(said -> noted(question, said.manifest().descriptor(), Source.FETCHED, said.endpoint()));
    }

    private CompletableFuture<Said> noted(TagQuestion question, Descriptor means, Source source, String endpoint) {
        return note(question, means).thenApply(done -> new Said(means, source, endpoint));
    }

    private CompletableFuture<Said> ended(TagQuestion question, Throwable failure) {
        boolean gone = failure instanceof UpstreamException said
                && said.kind() == UpstreamException.Kind.NOT_FOUND
                && question.isRecorded()
                && question.isGoneForAll()
                && question.pattern().mode() != Mode.IMMUTABLE
                && !question.pattern().staleOnNotFound();
        CompletableFuture<Void> noted = gone
                ? tags.gone(question.repository(), question.tag(), clock.instant())
                : CompletableFuture.completedFuture(null);
        return noted.handle((done, ignored) -> null).thenCompose(done -> CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<Void> note(TagQuestion question, Descriptor means) {
        if (!question.isRecorded()) {
            lately.put(question.key(), true);
            return CompletableFuture.completedFuture(null);
        }
        return tags.find(question.repository(), question.tag()).thenCompose(before -> {
            before.ifPresent(record -> report(question, record, means));
            return tags.saw(question.repository(), question.tag(), means, clock.instant())
                    .thenApply(record -> null);
        });
    }

    private void report(TagQuestion question, TagRecord before, Descriptor now) {
        Descriptor was = before.latest().manifest();
        if (was.digest().equals(now.digest())) {
            return;
        }
        if (before.left(now.digest()).isPresent()) {
            incidents.report(new Incident.TagRollback(question.repository(), question.tag(), was, now));
        } else if (question.isKeptFirst()) {
            Descriptor served = before.earliest().manifest();
            incidents.report(new Incident.ImmutableMoved(question.repository(), question.tag(), served, now));
        } else {
            incidents.report(new Incident.TagMoved(question.repository(), question.tag(), was, now));
        }
    }
}
