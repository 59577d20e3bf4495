package io.entrepot.server.content;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Manifest.Index;
import io.entrepot.oci.Platform;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Fetches what a tag has moved to. Where what is fetched is counted, an index comes with the manifests of those platforms
 * that are held of the index before it: or else a tag that could be pulled whole would mean something that cannot be, when
 * nothing is left after the index.
 */
final class TagMove {

    private final Manifests manifests;

    TagMove(Manifests manifests) {
        this.manifests = manifests;
    }

    /** Fails as the upstream did, also where it refuses one of these platforms because of a limit. */
    CompletableFuture<Manifest> fetch(
            Upstream upstream, Repository repository, Optional<Descriptor> from, Descriptor to) {
        CompletableFuture<Manifest> coming = manifests.find(upstream, repository, to);
        return from.isEmpty() || !upstream.thrift(repository).metered()
                ? coming
                : coming.thenCompose(manifest -> manifest instanceof Index next
                        ? held(from.get())
                                .thenCompose(platforms -> bring(upstream, repository, next, platforms))
                                .thenApply(done -> manifest)
                        : CompletableFuture.completedFuture(manifest));
    }

    /** The platforms of an index whose manifests are here. */
    private CompletableFuture<List<Platform>> held(Descriptor index) {
        return manifests.held(index).thenCompose(found -> {
            CompletableFuture<List<Platform>> held = CompletableFuture.completedFuture(new ArrayList<>());
            if (found.isPresent() && found.get() instanceof Index before) {
                for (Index.Entry entry : before.entries()) {
                    held = held.thenCombine(manifests.isHeld(entry.descriptor().digest()), (all, here) -> {
                        if (here) {
                            all.add(entry.platform());
                        }
                        return all;
                    });
                }
            }
            return held;
        });
    }

    private CompletableFuture<Void> bring(
            Upstream upstream, Repository repository, Index index, List<Platform> platforms) {
        CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
        for (Index.Entry entry : index.entries()) {
            if (platforms.contains(entry.platform())) {
                last = last.thenCompose(before -> manifests.find(upstream, repository, entry.descriptor()))
                        .<Void>thenApply(manifest -> null)
                        .exceptionallyCompose(TagMove::unlessLimited);
            }
        }
        return last;
    }

    /** What else may be wrong with one platform is told to who asks for it. */
    private static CompletableFuture<Void> unlessLimited(Throwable failure) {
        boolean limited = Failures.cause(failure) instanceof UpstreamException why
                && (why.kind() == Kind.WITHHELD || why.kind() == Kind.RATE_LIMITED);
        return limited ? CompletableFuture.failedFuture(failure) : CompletableFuture.completedFuture(null);
    }
}
