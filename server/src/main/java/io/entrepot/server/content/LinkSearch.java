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
        return links.manifests(repository).thenCompose(known -> {
            Walk walk = new Walk(repository, digest);
            known.forEach(walk::add);
            return walk.next();
        });
    }

    /** One walk, breadth first. */
    private final class Walk {

        private final Repository repository;
        private final Digest wanted;
        private final Deque<Descriptor> ahead = new ArrayDeque<>();
        private final Set<Digest> seen = new HashSet<>();

        Walk(Repository repository, Digest wanted) {
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
            Optional<Descriptor> named = children.stream()
                    .filter(child -> child.digest().equals(wanted))
                    .findFirst();
            return named.isEmpty() ? next() : links.link(repository, manifest).thenApply(done -> named);
        }
    }
}
