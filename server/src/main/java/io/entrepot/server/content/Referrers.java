package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Referrer;
import io.entrepot.oci.ReferrersIndex;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.Upstream.ReferrersPage;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.entrepot.storage.ReferrersRecord;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who refers to a manifest: what the upstream's referrers API lists, and then what only the index under the fallback tag
 * does (distribution-spec, "referrers tag schema"). An empty list reads as "unsigned", so there is one only where API and
 * tag both say so; what cannot be known is a 503.
 *
 * <pre>
 *   in memory, at most a minute old? ──yes──► it
 *      └─no─► API, every page, and fallback tag ──both know──► merged, kept
 *                └─one does not─► what was last seen, stale ──nothing was, or an empty list──► 503
 * </pre>
 */
final class Referrers {

    private static final Logger LOG = LoggerFactory.getLogger(Referrers.class);

    private static final Duration FRESH = Duration.ofMinutes(1);
    private static final Duration BACK_OFF = Duration.ofSeconds(10);
    private static final int MOST_PAGES = 100;
    private static final int MOST_REFERRERS = 50_000;
    private static final long HOT_BYTES = 32L * 1024 * 1024;

    /** Of the objects of one, beside its text. */
    private static final int REFERRER_BYTES = 192;

    private final Store store;
    private final WholeBlobs whole;
    private final Manifests manifests;
    private final Clock clock;
    private final Bulkhead bulkhead;
    private final Flights<Key, ReferrersList> flights = new Flights<>();
    private final Flights<CallerKey, ReferrersList> callers = new Flights<>();
    private final Cache<Key, Known> hot = Caffeine.newBuilder()
            .maximumWeight(HOT_BYTES)
            .weigher((Key key, Known known) -> known.weight())
            .build();
    /** Whose fallback tag was there. */
    private final Cache<Key, Boolean> tagged =
            Caffeine.newBuilder().maximumSize(100_000).build();

    private final Cache<Key, UpstreamException> failing =
            Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(BACK_OFF).build();

    Referrers(Store store, Manifests manifests, Clock clock, Bulkhead bulkhead) {
        this.store = store;
        this.whole = new WholeBlobs(store.blobs());
        this.manifests = manifests;
        this.clock = clock;
        this.bulkhead = bulkhead;
    }

    /** The list; fails with a 503 if it cannot be known. */
    CompletableFuture<ReferrersList> find(Upstream upstream, Repository repository, Digest subject) {
        Key key = new Key(repository, subject);
        if (upstream.isPassThrough(repository)) {
            return told(upstream, key);
        }
        Known known = hot.getIfPresent(key);
        Duration fresh = upstream.thrift(repository).stretched(FRESH);
        if (known != null && known.age(clock.instant()).compareTo(fresh) < 0) {
            return CompletableFuture.completedFuture(known.list(clock.instant(), Optional.empty()));
        }
        UpstreamException recent = failing.getIfPresent(key);
        return recent == null ? together(upstream, key) : lastSeen(key, recent);
    }

    /**
     * Where the upstream decides about each caller, each is told what it says to them: "not found" may mean that it is not
     * for them, and a list without them would read as "unsigned" to others.
     */
    private CompletableFuture<ReferrersList> told(Upstream upstream, Key key) {
        return bulkhead.await(
                upstream.registry(),
                () -> callers.join(
                        new CallerKey(key, upstream.caller()),
                        () -> gathered(upstream, key)
                                .thenApply(referrers -> new ReferrersList(referrers, Duration.ZERO, Optional.empty()))
                                .exceptionallyCompose(failure ->
                                        CompletableFuture.failedFuture(refusal(key, Failures.cause(failure))))));
    }

    private CompletableFuture<List<Referrer>> gathered(Upstream upstream, Key key) {
        CompletableFuture<List<Referrer>> byApi = pages(upstream, key, "", new Gathered());
        return byApi.thenCombine(byTag(upstream, key), Referrers::merged);
    }

    private CompletableFuture<ReferrersList> together(Upstream upstream, Key key) {
        return bulkhead.await(upstream.registry(), () -> flights.join(key, () -> ask(upstream, key)));
    }

    private CompletableFuture<ReferrersList> ask(Upstream upstream, Key key) {
        return gathered(upstream, key)
                .thenCompose(referrers -> keep(key, referrers))
                .exceptionallyCompose(failure -> failed(key, Failures.cause(failure)));
    }

    /** Every page from this one on. A page that is only said to be next is worth no more than one that failed. */
    private CompletableFuture<List<Referrer>> pages(Upstream upstream, Key key, String page, Gathered before) {
        return upstream.referrers(key.repository(), key.subject(), page).thenCompose(answer -> {
            if (answer.isEmpty() && before.pages > 0) {
                throw new UpstreamException(Kind.INVALID, "the next page of referrers is not there");
            }
            Gathered gathered = before.with(answer);
            Optional<String> next = answer.flatMap(ReferrersPage::next);
            return next.isEmpty()
                    ? CompletableFuture.completedFuture(gathered.referrers)
                    : pages(upstream, key, next.get(), gathered);
        });
    }

    private CompletableFuture<List<Referrer>> byTag(Upstream upstream, Key key) {
        return tagged(upstream, key)
                .thenApply(manifest -> {
                    tagged.put(key, true);
                    return manifest instanceof Manifest.Index
                            ? ReferrersIndex.parse(manifest.bytes())
                            : List.<Referrer>of();
                })
                .exceptionallyCompose(failure -> Failures.isNotFound(failure)
                        ? CompletableFuture.completedFuture(List.of())
                        : CompletableFuture.failedFuture(failure));
    }

    /** A tag that was there a while ago most likely means what it did then, which is held: HEAD says so. */
    private CompletableFuture<Manifest> tagged(Upstream upstream, Key key) {
        Tag tag = new Tag(key.subject().referrersTag());
        if (tagged.getIfPresent(key) == null) {
            return manifests.fetch(upstream, key.repository(), tag);
        }
        return upstream.head(key.repository(), tag)
                .thenCompose(said -> said.isPresent()
                        ? manifests.find(upstream, key.repository(), said.get().descriptor())
                        : manifests.fetch(upstream, key.repository(), tag));
    }

    private static List<Referrer> merged(Collection<Referrer> byApi, Collection<Referrer> byTag) {
        Map<String, Referrer> all = new LinkedHashMap<>();
        byApi.forEach(referrer -> all.putIfAbsent(referrer.digest(), referrer));
        byTag.forEach(referrer -> all.putIfAbsent(referrer.digest(), referrer));
        return List.copyOf(all.values());
    }

    private CompletableFuture<ReferrersList> keep(Key key, List<Referrer> referrers) {
        Instant now = clock.instant();
        byte[] index = ReferrersIndex.of(referrers);
        if (index.length > ReferrersIndex.MAX_SIZE) {
            throw tooMany();
        }
        Known known = new Known(referrers, index.length, now);
        hot.put(key, known);
        return store.act(() -> write(key, index, now)).handle((done, failure) -> {
            if (failure != null) {
                notKept(key, Failures.cause(failure));
            }
            return known.list(now, Optional.empty());
        });
    }

    private void write(Key key, byte[] index, Instant now) throws IOException {
        Descriptor descriptor = new Descriptor(MediaType.OCI_INDEX, Digest.of(index), index.length);
        whole.write(descriptor.digest(), index);
        store.links().referrers(key.repository(), key.subject(), new ReferrersRecord(descriptor, now));
    }

    private static void notKept(Key key, Throwable cause) {
        LOG.atWarn()
                .addKeyValue("repository", key.repository())
                .addKeyValue("subject", key.subject())
                .addKeyValue("cause", cause.toString())
                .log("list of referrers not kept");
    }

    private CompletableFuture<ReferrersList> failed(Key key, Throwable failure) {
        if (failure instanceof IllegalArgumentException wrong) {
            return failed(key, new UpstreamException(Kind.INVALID, key.repository() + ": " + wrong.getMessage()));
        }
        if (failure instanceof UpstreamException said) {
            if (said.kind() != Kind.WITHHELD) {
                failing.put(key, said);
            }
            return lastSeen(key, said);
        }
        return CompletableFuture.failedFuture(failure);
    }

    private CompletableFuture<ReferrersList> lastSeen(Key key, UpstreamException why) {
        Known known = hot.getIfPresent(key);
        CompletableFuture<Optional<Known>> seen =
                known != null ? CompletableFuture.completedFuture(Optional.of(known)) : store.call(() -> read(key));
        return seen.thenApply(kept -> kept.filter(list -> mayAnswer(list, why))
                .map(list -> stale(list, why))
                .orElseThrow(() -> unknown(key, why)));
    }

    /** That there was none once does not say that there is none now; offline, what was last seen is all there will be. */
    private static boolean mayAnswer(Known list, UpstreamException why) {
        return !list.referrers().isEmpty() || why.kind() == Kind.OFFLINE;
    }

    private ReferrersList stale(Known known, UpstreamException why) {
        return known.list(clock.instant(), Optional.of(String.valueOf(why.getMessage())));
    }

    private Optional<Known> read(Key key) throws IOException {
        Optional<ReferrersRecord> record = store.links().referrers(key.repository(), key.subject());
        if (record.isEmpty()) {
            return Optional.empty();
        }
        return whole.read(record.get().index().digest(), ReferrersIndex.MAX_SIZE)
                .flatMap(index -> known(index, record.get().since()));
    }

    /** What we once kept may not be a list any more: then it says nothing. */
    private static Optional<Known> known(byte[] index, Instant since) {
        try {
            return Optional.of(new Known(ReferrersIndex.parse(index), index.length, since));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What a caller is told; the upstream's own refusal is one. */
    private static Throwable refusal(Key key, Throwable failure) {
        if (failure instanceof IllegalArgumentException wrong) {
            return unknown(key, new UpstreamException(Kind.INVALID, key.repository() + ": " + wrong.getMessage()));
        }
        return failure instanceof UpstreamException why && why.kind() != Kind.REFUSED ? unknown(key, why) : failure;
    }

    private static RegistryException unknown(Key key, UpstreamException why) {
        if (why.kind() == Kind.OFFLINE) {
            return new RegistryException.NotHere(
                    "who refers to " + key.repository() + "@" + key.subject() + ": " + why.notHere());
        }
        Duration again = why.retryAfter().compareTo(BACK_OFF) > 0 ? why.retryAfter() : BACK_OFF;
        return new RegistryException.Unavailable(
                "who refers to " + key.repository() + "@" + key.subject() + " cannot be known: " + why.getMessage(),
                again);
    }

    private static UpstreamException tooMany() {
        return new UpstreamException(
                Kind.INVALID,
                "more referrers than a list may have (expected: at most " + MOST_REFERRERS + " in "
                        + ReferrersIndex.MAX_SIZE + " bytes on " + MOST_PAGES + " pages)");
    }

    private record Key(Repository repository, Digest subject) {}

    private record CallerKey(Key key, String caller) {}

    /** A list, its size as an index in bytes, and when it was seen. */
    private record Known(List<Referrer> referrers, int size, Instant at) {

        /** Bytes in memory, roughly: of a list of many short entries the objects are most. */
        int weight() {
            return 512 + size + referrers.size() * REFERRER_BYTES;
        }

        Duration age(Instant now) {
            return Duration.between(at, now);
        }

        ReferrersList list(Instant now, Optional<String> staleBecause) {
            return new ReferrersList(referrers, age(now), staleBecause);
        }
    }

    /** What came on the pages so far. */
    private record Gathered(List<Referrer> referrers, long size, int pages) {

        Gathered() {
            this(List.of(), 0, 0);
        }

        Gathered with(Optional<ReferrersPage> page) {
            List<Referrer> more = page.map(ReferrersPage::referrers).orElse(List.of());
            long longer = size
                    + more.stream()
                            .mapToLong(referrer -> referrer.json().length())
                            .sum();
            if (pages == MOST_PAGES || longer > ReferrersIndex.MAX_SIZE) {
                throw tooMany();
            }
            List<Referrer> all = new ArrayList<>(referrers);
            all.addAll(more);
            if (all.size() > MOST_REFERRERS) {
                throw tooMany();
            }
            return new Gathered(all, longer, pages + 1);
        }
    }
}
