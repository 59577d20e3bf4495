package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.storage.TagPin;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Content from the store, and from upstreams by way of the store. */
public final class CachedContent implements Content {

    private final LinkCache links;
    private final TagCache tags;
    private final Manifests manifests;
    private final TagResolver byTag;
    private final DigestResolver byDigest;
    private final Referrers referrers;
    private final LinkSearch search;
    private final Fills fills;
    private final Blobs blobs;
    private final SmallBlobs small;
    private final Slots relayPlaces;
    private final Bulkhead bulkhead;
    private final Clock trusted;
    private final Absent absent = new Absent();
    private final Proofs proofs;
    private final ProofsAhead ahead;
    private final CallerRights callers;
    private final ContentStats stats = new ContentStats();

    /** By one clock for freshness and for ages. */
    public CachedContent(Store store, MirrorConfig.Fills config, Incidents incidents, Clock clock) {
        this(store, config, incidents, clock, clock, () -> false);
    }

    /**
     * @param clock for the freshness of tags; it must not jump while the process runs
     * @param trusted for the ages of what tags mean; nobody can make it pass faster, restarts do not set it back
     * @param restricted whether anything is for some alone to read, now: then what is held is served by way of a repository
     *     only if it came by it, or the upstream shows that it has it there
     */
    public CachedContent(
            Store store,
            MirrorConfig.Fills config,
            Incidents incidents,
            Clock clock,
            Clock trusted,
            BooleanSupplier restricted) {
        this.trusted = trusted;
        this.links = new LinkCache(store);
        this.tags = new TagCache(store);
        this.manifests = new Manifests(store, incidents);
        this.bulkhead = new Bulkhead(config.upstreamWaiters());
        this.proofs = new Proofs(restricted, links, absent, bulkhead);
        this.byDigest = new DigestResolver(links, manifests, absent, proofs, bulkhead);
        this.callers = new CallerRights(bulkhead, Ticker.systemTicker());
        this.ahead = new ProofsAhead(proofs, manifests, byDigest);
        this.byTag = new TagResolver(tags, manifests, byDigest, absent, incidents, clock, trusted, bulkhead);
        this.referrers = new Referrers(store, manifests, clock, bulkhead);
        this.search = new LinkSearch(links, manifests, proofs);
        this.relayPlaces = new Slots(config.relays());
        Relays relays = new Relays(store, config.resumes(), incidents, stats, relayPlaces);
        this.fills = new Fills(store, config, incidents, stats, relays);
        this.blobs = new Blobs(store, search, fills, relays, stats, bulkhead);
        this.small = new SmallBlobs(store, blobs);
    }

    /** What is counted. */
    public ContentStats stats() {
        return stats;
    }

    /** Downloads in progress. */
    public int fillsRunning() {
        return fills.count();
    }

    /** Transfers that pass through without being kept. */
    public int relaysRunning() {
        return relayPlaces.taken();
    }

    /** Clients that wait for an upstream's answer. */
    public int upstreamWaiting() {
        return bulkhead.waiting();
    }

    /** Readers that wait for bytes of a download. */
    public int readersWaiting() {
        return fills.waiting();
    }

    /** Stops every download; completes when their files are closed. */
    public CompletableFuture<Void> stop() {
        return fills.stop();
    }

    @Override
    public CompletableFuture<Void> mayRead(Upstream upstream, Repository repository, Reading reading) {
        return callers.mayRead(upstream, repository, reading);
    }

    @Override
    public CompletableFuture<Resolved> resolve(
            Upstream upstream, Repository repository, Reference reference, TagPattern freshness, TagRule rule) {
        CompletableFuture<Resolved> resolved = reference instanceof Reference.Tag tag
                ? byTag.resolve(upstream, repository, tag, freshness, rule)
                : byDigest.resolve(upstream, repository, ((Reference.ByDigest) reference).digest());
        String pinned = rule instanceof TagRule.Pinned pin ? "@" + pin.digest() : "";
        String name = repository + (reference instanceof Reference.Tag ? ":" + reference + pinned : "@" + reference);
        return told(
                callers.unlessRefused(resolved, upstream, repository),
                message -> new RegistryException.ManifestUnknown(name + ": " + message));
    }

    @Override
    public CompletableFuture<Void> admit(Upstream upstream, Repository repository, Resolved resolved) {
        return links.link(repository, resolved.manifest())
                .thenRun(() -> ahead.of(upstream, repository, resolved.manifest()));
    }

    @Override
    public CompletableFuture<Blob> blob(Upstream upstream, Repository repository, Digest digest, boolean askUpstream) {
        Target target = new Target(upstream, repository, digest);
        CompletableFuture<Blob> blob = named(repository, digest)
                .thenCompose(link -> link.isPresent() ? linked(target, link.get()) : unlinked(target, askUpstream));
        return told(
                callers.unlessRefused(blob, upstream, repository),
                message -> new RegistryException.BlobUnknown(repository + "@" + digest + ": " + message));
    }

    @Override
    public CompletableFuture<BlobInfo> blobInfo(
            Upstream upstream, Repository repository, Digest digest, boolean askUpstream) {
        Target target = new Target(upstream, repository, digest);
        CompletableFuture<BlobInfo> info = named(repository, digest)
                .thenCompose(link -> link.isPresent() ? known(target, link.get()) : info(target, askUpstream));
        return told(
                callers.unlessRefused(info, upstream, repository),
                message -> new RegistryException.BlobUnknown(repository + "@" + digest + ": " + message));
    }

    @Override
    public CompletableFuture<List<TagSighting>> sightings(Repository repository, Digest digest) {
        return told(tags.under(repository, digest), RegistryException.ManifestUnknown::new);
    }

    @Override
    public CompletableFuture<List<Descriptor>> naming(Repository repository, Digest digest) {
        return told(links.naming(repository, digest), RegistryException.ManifestUnknown::new);
    }

    @Override
    public CompletableFuture<Manifest> manifest(Upstream upstream, Repository repository, Digest digest) {
        return told(
                byDigest.resolve(upstream, repository, digest).thenApply(Resolved::manifest),
                RegistryException.ManifestUnknown::new);
    }

    @Override
    public CompletableFuture<Optional<Descriptor>> link(Repository repository, Digest digest) {
        return told(named(repository, digest), RegistryException.BlobUnknown::new);
    }

    @Override
    public CompletableFuture<byte[]> bytes(Upstream upstream, Repository repository, Descriptor blob) {
        return told(
                small.read(new Target(upstream, repository, blob.digest()), blob), RegistryException.BlobUnknown::new);
    }

    @Override
    public CompletableFuture<Void> beginAge(Repository repository, Reference.Tag tag) {
        return told(tags.beginAge(repository, tag, trusted.instant()), RegistryException.ManifestUnknown::new);
    }

    @Override
    public CompletableFuture<Void> proposePin(Repository repository, Reference.Tag tag, Digest digest, String by) {
        TagPin proposal = new TagPin(digest, by, trusted.instant(), false);
        return told(
                tags.propose(repository, tag, proposal).thenAccept(record -> {}),
                RegistryException.ManifestUnknown::new);
    }

    /**
     * Makes hold what waits for somebody to say so: the given digest as the tag's pin, or without one that which a first
     * pull proposed, else the return of the tag to a digest that it had left. Empty if nothing waits, or the tag never had
     * the digest.
     *
     * @param by who says so
     */
    public CompletableFuture<Optional<Promoted>> promote(
            Repository repository, Reference.Tag tag, Optional<Digest> digest, String by) {
        return told(
                tags.promote(repository, tag, digest, by, trusted.instant()), RegistryException.ManifestUnknown::new);
    }

    @Override
    public Instant trustedNow() {
        return trusted.instant();
    }

    @Override
    public CompletableFuture<List<String>> knownTags(Repository repository) {
        return told(tags.names(repository), RegistryException.NameUnknown::new);
    }

    @Override
    public CompletableFuture<ReferrersList> referrers(Upstream upstream, Repository repository, Digest subject) {
        return told(referrers.find(upstream, repository, subject), RegistryException.ManifestUnknown::new);
    }

    private CompletableFuture<BlobInfo> known(Target target, Descriptor link) {
        return isDue(target)
                .thenCompose(due -> due ? prove(target, link) : CompletableFuture.completedFuture(null))
                .thenCompose(done -> describe(target, link));
    }

    private CompletableFuture<Boolean> isDue(Target target) {
        return proofs.isDue(target.repository(), target.digest());
    }

    /** What another manifest calls a manifest may be a blob all the same. */
    private CompletableFuture<Void> prove(Target target, Descriptor link) {
        return link.mediaType().isManifest()
                ? byDigest.resolve(target.upstream(), target.repository(), target.digest())
                        .<Void>thenApply(resolved -> null)
                        .exceptionallyCompose(failure -> Failures.isNotFound(failure)
                                ? proofs.prove(target, link)
                                : CompletableFuture.failedFuture(failure))
                : proofs.prove(target, link);
    }

    /** A manifest that is in memory alone goes back to the store, so that what is said to be held is. */
    private CompletableFuture<BlobInfo> describe(Target target, Descriptor link) {
        return blobs.describe(target, link)
                .thenCompose(info -> info.held() || !link.mediaType().isManifest()
                        ? CompletableFuture.completedFuture(info)
                        : manifests
                                .keepAgain(link)
                                .exceptionally(failure -> false)
                                .thenApply(held -> new BlobInfo(info.descriptor(), held)));
    }

    private CompletableFuture<Optional<Descriptor>> named(Repository repository, Digest digest) {
        return links.find(repository, digest)
                .thenCompose(link ->
                        link.isPresent() ? CompletableFuture.completedFuture(link) : search.find(repository, digest));
    }

    /**
     * A manifest is the same by either path; only the manifests endpoint of the upstream is sure to have it. What another
     * manifest calls one, and the upstream does not know as one, may be a blob all the same.
     */
    private CompletableFuture<Blob> linked(Target target, Descriptor link) {
        if (!link.mediaType().isManifest()) {
            return blob(target, link);
        }
        return byDigest.resolve(target.upstream(), target.repository(), target.digest())
                .thenApply(CachedContent::asBlob)
                .exceptionallyCompose(failure ->
                        Failures.isNotFound(failure) ? blob(target, link) : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<Blob> blob(Target target, Descriptor link) {
        return isDue(target).thenCompose(due -> due ? claimed(target, link) : blobs.named(target, link));
    }

    private CompletableFuture<Blob> claimed(Target target, Descriptor link) {
        return isHere(target).thenCompose(here -> here ? provenClaim(target, link) : fetchedClaim(target, link));
    }

    private CompletableFuture<Blob> provenClaim(Target target, Descriptor link) {
        return proofs.prove(target, link).thenCompose(done -> blobs.named(target, link));
    }

    private CompletableFuture<Blob> fetchedClaim(Target target, Descriptor link) {
        return blobs.claimed(
                target, link, kept -> links.linkOnce(target.repository(), kept), () -> provenClaim(target, link));
    }

    /** By way of this repository, or of any other. */
    private CompletableFuture<Boolean> isHere(Target target) {
        return manifests.isHeld(target.digest()).thenApply(held -> held || isFilledForAnother(target));
    }

    private static Blob asBlob(Resolved resolved) {
        Manifest manifest = resolved.manifest();
        Blob.Source source = resolved.source() == Resolved.Source.HIT ? Blob.Source.HIT : Blob.Source.FILL;
        return new Blob(manifest.descriptor(), new Body.Bytes(manifest.bytes()), source);
    }

    private CompletableFuture<Blob> unlinked(Target target, boolean askUpstream) {
        if (!askUpstream) {
            return CompletableFuture.failedFuture(notLinked(target));
        }
        return absent.unlessAbsent(
                Absent.Endpoint.BLOBS,
                target.upstream(),
                target.repository(),
                target.digest(),
                () -> isHere(target).thenCompose(here -> here ? proven(target) : fetched(target)));
    }

    private boolean isFilledForAnother(Target target) {
        return fills.find(target)
                .map(fill -> !fill.target().repository().equals(target.repository()))
                .orElse(false);
    }

    /**
     * The bytes are here, or on their way, by way of another repository: a HEAD in this one is the proof. The link says
     * the size that they have, whatever the HEAD said.
     */
    private CompletableFuture<Blob> proven(Target target) {
        return proofs.size(target)
                .thenCompose(size -> blobs.named(target, Blobs.descriptor(target.digest(), size)))
                .thenCompose(blob ->
                        links.link(target.repository(), blob.descriptor()).thenApply(done -> blob));
    }

    private CompletableFuture<Blob> fetched(Target target) {
        return blobs.unnamed(target, descriptor -> links.link(target.repository(), descriptor), () -> proven(target));
    }

    private CompletableFuture<BlobInfo> info(Target target, boolean askUpstream) {
        if (!askUpstream) {
            return CompletableFuture.failedFuture(notLinked(target));
        }
        return absent.unlessAbsent(
                        Absent.Endpoint.BLOBS,
                        target.upstream(),
                        target.repository(),
                        target.digest(),
                        () -> proofs.size(target))
                .thenApply(size -> new BlobInfo(Blobs.descriptor(target.digest(), size), false));
    }

    private static RegistryException notLinked(Target target) {
        return new RegistryException.BlobUnknown("no manifest of " + target.repository()
                + " that was pulled here names " + target.digest() + ": pull the manifest through this mirror first");
    }

    private static <T> CompletableFuture<T> told(
            CompletableFuture<T> future, Function<String, RegistryException> notFound) {
        return future.exceptionallyCompose(failure -> CompletableFuture.failedFuture(Failures.told(failure, notFound)));
    }
}
