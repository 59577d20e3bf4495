package io.entrepot.server.content;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;
import java.util.ArrayList;
import java.util.Collections;
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

    /** All of them; fails if one cannot be had now: what it says is then not known. */
    CompletableFuture<List<Manifest>> all(Upstream upstream, Repository repository, List<Descriptor> linked) {
        List<Manifest> brought = new ArrayList<>();
        CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
        for (Descriptor each : newest(linked)) {
            last = last.thenCompose(before -> bring(upstream, repository, each, brought));
        }
        return last.thenApply(done -> List.copyOf(brought));
    }

    /** As many of them as can be had now; fails if none can. */
    CompletableFuture<List<Manifest>> some(Upstream upstream, Repository repository, List<Descriptor> linked) {
        List<Manifest> brought = new ArrayList<>();
        CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
        for (Descriptor each : newest(linked)) {
            last = last.exceptionally(failure -> null)
                    .thenCompose(before -> bring(upstream, repository, each, brought));
        }
        return last.handle((done, failure) -> failure == null || !brought.isEmpty()
                        ? CompletableFuture.completedFuture(List.copyOf(brought))
                        : CompletableFuture.<List<Manifest>>failedFuture(Failures.cause(failure)))
                .thenCompose(found -> found);
    }

    private static List<Descriptor> newest(List<Descriptor> linked) {
        List<Descriptor> turned = new ArrayList<>(linked.subList(Math.max(0, linked.size() - MOST), linked.size()));
        Collections.reverse(turned);
        return turned;
    }

    private CompletableFuture<Void> bring(
            Upstream upstream, Repository repository, Descriptor each, List<Manifest> brought) {
        return byDigest.resolve(upstream, repository, each.digest()).thenAccept(found -> brought.add(found.manifest()));
    }
}
