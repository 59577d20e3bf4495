package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Has it proven, behind the answer with a manifest, that the repository has what the manifest names and is held: so that an
 * outage of the upstream finds it proven. A few manifests at a time; what is left out is proven when it is asked for.
 */
final class ProofsAhead {

    private static final int AT_ONCE = 16;
    private static final int MOST = 10_000;
    private static final Duration NOT_AGAIN = Duration.ofMinutes(10);

    private final Proofs proofs;
    private final Manifests manifests;
    private final DigestResolver byDigest;
    private final Slots places = new Slots(AT_ONCE);
    private final Cache<Key, Boolean> begun =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(NOT_AGAIN).build();

    ProofsAhead(Proofs proofs, Manifests manifests, DigestResolver byDigest) {
        this.proofs = proofs;
        this.manifests = manifests;
        this.byDigest = byDigest;
    }

    /** A manifest was admitted. */
    void of(Upstream upstream, Repository repository, Manifest manifest) {
        Key key = new Key(repository, manifest.descriptor().digest());
        if (proofs.needNone() || begun.getIfPresent(key) != null || !places.tryTake()) {
            return;
        }
        begun.put(key, true);
        CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
        for (Descriptor child : manifest.children()) {
            last = last.thenCompose(before -> unlessDone(new Target(upstream, repository, child.digest()), child))
                    .exceptionally(failure -> null);
        }
        last.whenComplete((done, failure) -> places.giveBack());
    }

    private CompletableFuture<Void> unlessDone(Target target, Descriptor child) {
        return proofs.isDue(target.repository(), target.digest())
                .thenCompose(due -> due ? manifests.isHeld(target.digest()) : CompletableFuture.completedFuture(false))
                .thenCompose(held -> held ? prove(target, child) : CompletableFuture.completedFuture(null));
    }

    private CompletableFuture<Void> prove(Target target, Descriptor child) {
        return child.mediaType().isManifest()
                ? byDigest.resolve(target.upstream(), target.repository(), target.digest())
                        .thenAccept(resolved -> {})
                : proofs.prove(target, child);
    }

    private record Key(Repository repository, Digest manifest) {}
}
