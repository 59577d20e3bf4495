package io.entrepot.server.pull;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Platform;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Referrer;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.Body;
import io.entrepot.server.content.Draining;
import io.entrepot.server.pull.PullRequest.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * One image on its way in: its manifests, their blobs, what refers to them, each once. What fails is written down, and the
 * rest goes on.
 */
final class Warming {

    private static final int LANES = 4;

    /** A registry that makes up one signature of a signature after the other comes to an end here. */
    private static final int MOST_MANIFESTS = 10_000;

    /** How cosign names what belongs to an image where it does not use referrers. */
    private static final List<String> BESIDE = List.of(".sig", ".att", ".sbom");

    private static final Client OPERATOR = Client.operator("entrepot warm");

    private final PullService pulls;
    private final Address address;
    private final Repository repository;
    private final List<Platform> platforms;
    private final Set<String> begun = ConcurrentHashMap.newKeySet();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger manifests = new AtomicInteger();
    private final AtomicInteger blobs = new AtomicInteger();
    private final AtomicInteger referrers = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong fetched = new AtomicLong();

    Warming(PullService pulls, Repository repository, List<Platform> platforms) {
        this.pulls = pulls;
        this.address = Address.of(repository.toString());
        this.repository = repository;
        this.platforms = List.copyOf(platforms);
    }

    CompletableFuture<Warmed> bring(Reference reference) {
        return noted(new Wanted("manifest", reference.toString()), root(reference))
                .thenApply(done -> result());
    }

    private Warmed result() {
        return new Warmed(
                manifests.get(), blobs.get(), bytes.get(), fetched.get(), referrers.get(), List.copyOf(failures));
    }

    /**
     * What is named by digest may be a blob: lists of what an offline mirror misses name those, too. Registries answer in
     * many ways when they are asked for a blob as a manifest; if it is no blob either, the first answer is the one that tells.
     */
    private CompletableFuture<Void> root(Reference reference) {
        CompletableFuture<Void> manifest = manifest(reference);
        return reference instanceof ByDigest by
                ? manifest.exceptionallyCompose(failure ->
                        blob(by.digest()).exceptionallyCompose(neither -> CompletableFuture.failedFuture(failure)))
                : manifest;
    }

    private CompletableFuture<Void> manifest(Reference reference) {
        return pulls.pull(new PullRequest(address, new Target.Manifest(reference), false, OPERATOR))
                .thenCompose(answer -> {
                    Descriptor descriptor = answer.descriptor();
                    byte[] body = ((Body.Bytes) answer.body()).bytes();
                    answer.ended(body.length, true);
                    return begun.add(descriptor.digest().toString())
                            ? whole(answer.origin(), Manifest.parse(descriptor.digest(), body, descriptor.mediaType()))
                            : CompletableFuture.completedFuture(null);
                });
    }

    private CompletableFuture<Void> whole(Origin origin, Manifest manifest) {
        Descriptor descriptor = manifest.descriptor();
        int number = manifests.incrementAndGet();
        if (number > MOST_MANIFESTS) {
            throw new RegistryException.BadUpstream(
                    "more manifests belong to it than are brought (expected: at most " + MOST_MANIFESTS + ")");
        }
        came(descriptor, origin);
        if (number == 1 && manifest instanceof Manifest.Index index) {
            noteMissing(index);
        }
        return noted(new Wanted("manifest", descriptor.digest().toString()), requireKept(descriptor.digest()))
                .thenCompose(done -> belongings(manifest));
    }

    /** A platform that the image does not have is a failure: somebody counts on it. What belongs to an image may have none. */
    private void noteMissing(Manifest.Index index) {
        platforms.stream()
                .filter(wanted -> index.entries().stream().noneMatch(entry -> wanted.admits(entry.platform())))
                .forEach(wanted ->
                        failures.add(repository + "@" + index.descriptor().digest() + ": has no " + wanted));
    }

    /** A manifest is answered with from memory also where the store has no room for it, or has lost it. */
    private CompletableFuture<Void> requireKept(Digest digest) {
        return pulls.pull(new PullRequest(address, new Target.Blob(digest), true, OPERATOR))
                .thenAccept(answer -> {
                    answer.ended(0, true);
                    if (answer.origin() != Origin.HIT) {
                        throw notKept();
                    }
                });
    }

    private static RegistryException notKept() {
        return new RegistryException.Unavailable("passed through, not kept: there is no room for it", Duration.ZERO);
    }

    private void came(Descriptor content, Origin origin) {
        bytes.addAndGet(content.size());
        if (origin == Origin.FETCHED || origin == Origin.FILL) {
            fetched.addAndGet(content.size());
        }
    }

    private CompletableFuture<Void> belongings(Manifest manifest) {
        Digest digest = manifest.descriptor().digest();
        return each(wanted(manifest), this::child)
                .thenCompose(done -> noted(Wanted.referrers(digest), referrers(digest, "")))
                .thenCompose(done -> each(BESIDE, end -> beside(digest, end)));
    }

    private List<Descriptor> wanted(Manifest manifest) {
        List<Descriptor> children =
                new ArrayList<>(manifest instanceof Manifest.Index index ? onPlatforms(index) : manifest.children());
        children.removeAll(manifest.foreign());
        return children;
    }

    private List<Descriptor> onPlatforms(Manifest.Index index) {
        return index.entries().stream()
                .filter(entry ->
                        platforms.isEmpty() || platforms.stream().anyMatch(wanted -> wanted.admits(entry.platform())))
                .map(Manifest.Index.Entry::descriptor)
                .toList();
    }

    private CompletableFuture<Void> child(Descriptor child) {
        Digest digest = child.digest();
        return child.mediaType().isManifest()
                ? noted(new Wanted("manifest", digest.toString()), manifest(new ByDigest(digest)))
                : noted(new Wanted("blob", digest.toString()), blob(digest));
    }

    private CompletableFuture<Void> blob(Digest digest) {
        if (!begun.add(digest.toString())) {
            return CompletableFuture.completedFuture(null);
        }
        return blob(digest, true);
    }

    /** What is found damaged here is set aside, so that asking once more fetches it. */
    private CompletableFuture<Void> blob(Digest digest, boolean mayRepeat) {
        return pulls.pull(new PullRequest(address, new Target.Blob(digest), false, OPERATOR))
                .thenCompose(answer -> kept(answer).thenCompose(kept -> {
                    if (!kept && answer.origin() == Origin.HIT && mayRepeat) {
                        return blob(digest, false);
                    }
                    if (!kept) {
                        throw notKept();
                    }
                    blobs.incrementAndGet();
                    came(answer.descriptor(), answer.origin());
                    return CompletableFuture.completedFuture(null);
                }));
    }

    /** Whether the store has it in the end: it may become full in the middle, or find that what it has is damaged. */
    private static CompletableFuture<Boolean> kept(Answer answer) {
        boolean reads = answer.origin() != Origin.RELAY && answer.origin() != Origin.HIT;
        CompletableFuture<Void> read = reads ? Draining.of(answer.body()) : CompletableFuture.completedFuture(null);
        return read.thenCompose(done -> answer.body() instanceof Body.Streamed streamed
                        ? streamed.kept()
                        : CompletableFuture.completedFuture(true))
                .whenComplete((kept, failure) -> {
                    boolean whole = failure == null && kept;
                    answer.ended(reads && whole ? answer.body().size() : 0, whole);
                });
    }

    private CompletableFuture<Void> referrers(Digest subject, String last) {
        ReferrersRequest request =
                new ReferrersRequest(address, subject, "", ReferrersRequest.MAX_LIMIT, last, OPERATOR);
        return pulls.referrers(request)
                .thenCompose(page -> each(page.page(), this::referrer)
                        .thenCompose(done -> page.more()
                                ? referrers(
                                        subject,
                                        page.page().get(page.page().size() - 1).digest())
                                : CompletableFuture.completedFuture(null)));
    }

    private CompletableFuture<Void> referrer(Referrer referrer) {
        Wanted wanted = new Wanted("manifest", referrer.digest());
        referrers.incrementAndGet();
        try {
            return noted(wanted, manifest(new ByDigest(Digest.parse(referrer.digest()))));
        } catch (IllegalArgumentException e) {
            return noted(wanted, CompletableFuture.failedFuture(e));
        }
    }

    /** Most images have none: that is no failure. */
    private CompletableFuture<Void> beside(Digest digest, String end) {
        Tag tag = new Tag(digest.referrersTag() + end);
        CompletableFuture<Void> brought = manifest(tag)
                .exceptionallyCompose(failure -> Causes.of(failure) instanceof RegistryException.ManifestUnknown
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure));
        return noted(new Wanted("manifest", tag.name()), brought);
    }

    private CompletableFuture<Void> noted(Wanted wanted, CompletableFuture<Void> coming) {
        return coming.exceptionally(failure -> {
            String name = wanted.name(repository) + ": ";
            String why = String.valueOf(Causes.of(failure).getMessage());
            failures.add(why.startsWith(name) ? why : name + why);
            return null;
        });
    }

    /** A few at a time, each on a fresh stack. */
    private static <T> CompletableFuture<Void> each(Collection<T> all, Function<T, CompletableFuture<Void>> work) {
        Queue<T> left = new ConcurrentLinkedQueue<>(all);
        CompletableFuture<?>[] lanes = new CompletableFuture<?>[Math.min(LANES, all.size())];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = lane(left, work);
        }
        return CompletableFuture.allOf(lanes);
    }

    private static <T> CompletableFuture<Void> lane(Queue<T> left, Function<T, CompletableFuture<Void>> work) {
        T next = left.poll();
        return next == null
                ? CompletableFuture.completedFuture(null)
                : work.apply(next).thenComposeAsync(done -> lane(left, work));
    }
}
