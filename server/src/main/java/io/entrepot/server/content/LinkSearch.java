package io.entrepot.server.content;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Repository;
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

    private final LinkCache links;
    private final Manifests manifests;

    LinkSearch(LinkCache links, Manifests manifests) {
        this.links = links;
        this.manifests = manifests;
    }

    /** The descriptor under which a held manifest of the repository names the content; its links are then written. */
    CompletableFuture<Optional<Descriptor>> find(Repository repository, Digest digest) {
        return find(repository, child -> child.digest().equals(digest));
    }

    /** Whether a held manifest of the repository names the content with this size. */
    CompletableFuture<Boolean> isNamed(Repository repository, Digest digest, long size) {
        return find(repository, child -> child.digest().equals(digest) && child.size() == size)
                .thenApply(Optional::isPresent);
    }

    private CompletableFuture<Optional<Descriptor>> find(Repository repository, Predicate<Descriptor> wanted) {
        return links.manifests(repository).thenCompose(known -> {
            Walk walk = new Walk(repository, wanted);
            known.forEach(walk::add);
            return walk.next();
        });
    }

    /** One walk, breadth first. */
    private final class Walk {

        private final Repository repository;
        private final Predicate<Descriptor> wanted;
        private final Deque<Descriptor> ahead = new ArrayDeque<>();
        private final Set<Digest> seen = new HashSet<>();

        Walk(Repository repository, Predicate<Descriptor> wanted) {
            this.repository = repository;
            this.wanted = wanted;
        }

        void add(Descriptor descriptor) {
            if (descriptor.mediaType().isManifest() && seen.size() < MOST_MANIFESTS && seen.add(descriptor.digest())) {
                ahead.add(descriptor);
            }
        }

        CompletableFuture<Optional<Descriptor>> next() {
            Descriptor descriptor = ahead.poll();
            if (descriptor == null) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            return manifests
                    .held(descriptor)
                    .thenCompose(held -> held.map(this::look).orElseGet(this::next));
        }

        private CompletableFuture<Optional<Descriptor>> look(Manifest manifest) {
            List<Descriptor> children = manifest.children();
            children.forEach(this::add);
            Optional<Descriptor> named = children.stream().filter(wanted).findFirst();
            return named.isEmpty() ? next() : links.link(repository, manifest).thenApply(done -> named);
        }
    }
}
