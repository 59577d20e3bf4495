package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Repository;
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
    private final Flights<Key, Optional<Descriptor>> searches = new Flights<>();
    private final Cache<Key, Boolean> inVain = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(Duration.ofSeconds(10))
            .build();

    LinkSearch(LinkCache links, Manifests manifests, Proofs proofs) {
        this.proofs = proofs;
        this.links = links;
        this.manifests = manifests;
    }

    /**
     * The descriptor under which a held manifest of the repository names the content; its links are then written. What
     * linked manifests name is linked already, so only those are read that others name. Nobody is made to look twice at a
     * time, nor within ten seconds after nothing was found.
     */
    CompletableFuture<Optional<Descriptor>> find(Repository repository, Digest digest) {
        Key key = new Key(repository, digest);
        return inVain.getIfPresent(key) != null
                ? CompletableFuture.completedFuture(Optional.empty())
                : searches.join(key, () -> search(key));
    }

    private CompletableFuture<Optional<Descriptor>> search(Key key) {
        return links.unlinked(key.repository())
                .thenCompose(start ->
                        new Walk(key.repository(), child -> child.digest().equals(key.digest()), start).go())
                .whenComplete((found, failure) -> {
                    if (failure == null && found.isEmpty()) {
                        inVain.put(key, true);
                    }
                });
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
