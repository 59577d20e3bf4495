package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Repository;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Looks for content that has no link of its own through the manifests that a repository has, and those that they name, as
 * far as they are held: an index that was pulled names images, and they name blobs.
 */
final class LinkSearch {

    private static final int MOST_MANIFESTS = 10_000;

    /** What {@link Walk#look} gives where it goes on. */
    private static final CompletableFuture<Optional<Descriptor>> NOT_HERE =
            CompletableFuture.completedFuture(Optional.empty());

    private final LinkCache links;
    private final Manifests manifests;
    private final Proofs proofs;
    private final long secret = new SecureRandom().nextLong();
    private final Flights<Key, Optional<Descriptor>> searches = new Flights<>();
    private final Flights<Ground, DigestSketch> surveys = new Flights<>();
    private final Cache<Ground, DigestSketch> surveyed = Caffeine.newBuilder()
            .maximumWeight(4_000_000)
            .weigher((Ground ground, DigestSketch sketch) -> 100 + sketch.size())
            .expireAfterWrite(Duration.ofSeconds(10))
            .build();

    LinkSearch(LinkCache links, Manifests manifests, Proofs proofs) {
        this.proofs = proofs;
        this.links = links;
        this.manifests = manifests;
    }

    /**
     * The descriptor under which a held manifest of the repository names the content; its links are then written, unless
     * that would be taken for a proof that the manifest belongs to the repository. What linked manifests name is linked
     * already, so only those are read that others name. Nobody is made to look twice at a time, nor for what is not there
     * more than once in ten seconds, whatever digests are asked for.
     */
    CompletableFuture<Optional<Descriptor>> find(Repository repository, Digest digest) {
        return searches.join(
                new Key(repository, digest),
                () -> links.unlinked(repository)
                        .thenCompose(start -> survey(repository, start)
                                .thenCompose(sketch -> sketch.mayHave(digest)
                                        ? new Walk(repository, isOf(digest), start).go()
                                        : NOT_HERE)));
    }

    private static Predicate<Descriptor> isOf(Digest digest) {
        return child -> child.digest().equals(digest);
    }

    /** All that is named from here; walked again when there is another start, or after a while: more may be held then. */
    private CompletableFuture<DigestSketch> survey(Repository repository, List<Descriptor> start) {
        Ground ground = new Ground(repository, start.size(), start.hashCode());
        DigestSketch known = surveyed.getIfPresent(ground);
        return known != null
                ? CompletableFuture.completedFuture(known)
                : surveys.join(
                        ground,
                        () -> walkAll(repository, start).thenApply(sketch -> {
                            surveyed.put(ground, sketch);
                            return sketch;
                        }));
    }

    private CompletableFuture<DigestSketch> walkAll(Repository repository, List<Descriptor> start) {
        DigestSketch.Draft draft = new DigestSketch.Draft(secret);
        Predicate<Descriptor> none = child -> {
            draft.add(child.digest());
            return false;
        };
        return new Walk(repository, none, start).go().thenApply(nothing -> draft.sketch());
    }

    /** Whether a held manifest of the repository names the content with this size. */
    CompletableFuture<Boolean> isNamed(Repository repository, Digest digest, long size) {
        return links.manifests(repository)
                .thenCompose(start -> new Walk(
                                repository, child -> child.digest().equals(digest) && child.size() == size, start)
                        .go())
                .thenApply(Optional::isPresent);
    }

    private record Key(Repository repository, Digest digest) {}

    /** Where a walk begins, as far as it matters whether it is the same. */
    private record Ground(Repository repository, int manifests, int hash) {}

    /** One walk, breadth first. */
    private final class Walk {

        private final Repository repository;
        private final Predicate<Descriptor> wanted;
        private final Deque<Descriptor> ahead = new ArrayDeque<>();
        private final Set<Digest> seen = new HashSet<>();

        Walk(Repository repository, Predicate<Descriptor> wanted, List<Descriptor> start) {
            this.repository = repository;
            this.wanted = wanted;
            start.forEach(this::add);
        }

        private void add(Descriptor descriptor) {
            if (descriptor.mediaType().isManifest() && seen.size() < MOST_MANIFESTS && seen.add(descriptor.digest())) {
                ahead.add(descriptor);
            }
        }

        /** Goes on while manifests are at hand, by a loop: there may be thousands. */
        CompletableFuture<Optional<Descriptor>> go() {
            while (true) {
                Descriptor descriptor = ahead.poll();
                if (descriptor == null) {
                    return CompletableFuture.completedFuture(Optional.empty());
                }
                CompletableFuture<Optional<Manifest>> held = manifests.held(descriptor);
                if (!held.isDone() || held.isCompletedExceptionally()) {
                    return held.thenCompose(manifest -> {
                        CompletableFuture<Optional<Descriptor>> found = look(manifest);
                        return found == NOT_HERE ? go() : found;
                    });
                }
                CompletableFuture<Optional<Descriptor>> found = look(held.getNow(Optional.empty()));
                if (found != NOT_HERE) {
                    return found;
                }
            }
        }

        private CompletableFuture<Optional<Descriptor>> look(Optional<Manifest> manifest) {
            List<Descriptor> children = manifest.map(Manifest::children).orElse(List.of());
            children.forEach(this::add);
            Optional<Descriptor> named = children.stream().filter(wanted).findFirst();
            if (named.isEmpty()) {
                return NOT_HERE;
            }
            return !proofs.needNone()
                    ? CompletableFuture.completedFuture(named)
                    : links.link(repository, manifest.orElseThrow()).thenApply(done -> named);
        }
    }
}
