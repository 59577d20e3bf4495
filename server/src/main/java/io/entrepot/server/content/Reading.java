package io.entrepot.server.content;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What somebody wants to read of a repository, and the cheapest request that shows whether an upstream lets them. */
public sealed interface Reading {

    /** A manifest, or who refers to it: HEAD; a GET where HEAD does not say what there is, be it for anybody. */
    record OfManifest(Reference what) implements Reading {

        @Override
        public CompletableFuture<Void> ask(Upstream upstream, Repository repository) {
            return upstream.head(repository, what)
                    .thenCompose(said -> said.isPresent()
                            ? CompletableFuture.completedFuture(null)
                            : upstream.manifest(repository, what).thenAccept(reply -> {}));
        }

        @Override
        public RegistryException absent(String message) {
            return new RegistryException.ManifestUnknown(message);
        }
    }

    /** A blob: HEAD. */
    record OfBlob(Digest digest) implements Reading {

        @Override
        public CompletableFuture<Void> ask(Upstream upstream, Repository repository) {
            return upstream.blobSize(repository, digest).thenAccept(size -> {});
        }

        @Override
        public RegistryException absent(String message) {
            return new RegistryException.BlobUnknown(message);
        }
    }

    /** The tags: one of them. Who may see what there is may not be one who may read it. */
    record OfTags() implements Reading {

        @Override
        public CompletableFuture<Void> ask(Upstream upstream, Repository repository) {
            return upstream.tags(repository, 1, Optional.empty()).thenAccept(page -> {
                if (page.tags().isEmpty()) {
                    throw new UpstreamException(Kind.NOT_FOUND, repository + " has no tags");
                }
            });
        }

        @Override
        public RegistryException absent(String message) {
            return new RegistryException.NameUnknown(message);
        }
    }

    /** Whether who may read this may read content. */
    default boolean isContent() {
        return !(this instanceof OfTags);
    }

    /** Completes if the upstream gives it to whom it is asked with. */
    CompletableFuture<Void> ask(Upstream upstream, Repository repository);

    /** What somebody is told who wants what is not there. */
    RegistryException absent(String message);
}
