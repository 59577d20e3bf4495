package io.entrepot.server.content;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Brings the manifests that name some content: those that were pulled last first, and of more than a thousand no others. */
final class Naming {

    /** A layer that everything is built on is named by all there is; one pull must not read all of it. */
    private static final int MOST = 1_000;

    private final DigestResolver byDigest;

    Naming(DigestResolver byDigest) {
        this.byDigest = byDigest;
    }

    /** As many of them as can be had now; fails if none can. */
    CompletableFuture<List<Manifest>> bring(Upstream upstream, Repository repository, List<Descriptor> linked) {
        List<Manifest> brought = new ArrayList<>();
        CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
        for (int i = linked.size() - 1; i >= Math.max(0, linked.size() - MOST); i--) {
            Descriptor each = linked.get(i);
            last = last.exceptionally(failure -> null)
                    .thenCompose(before -> byDigest.resolve(upstream, repository, each.digest())
                            .thenAccept(found -> brought.add(found.manifest())));
        }
        return last.handle((done, failure) -> failure == null || !brought.isEmpty()
                        ? CompletableFuture.completedFuture(List.copyOf(brought))
                        : CompletableFuture.<List<Manifest>>failedFuture(Failures.cause(failure)))
                .thenCompose(found -> found);
    }
}
