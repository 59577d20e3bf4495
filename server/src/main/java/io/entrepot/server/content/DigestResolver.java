package io.entrepot.server.content;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Reference.ByDigest;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.Resolved.Source;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.Upstream.HeadReply;
import java.util.concurrent.CompletableFuture;

/**
 * A manifest by digest. Held and linked to the repository: nobody is asked, unless what links it is a claim that needs a
 * {@link Proofs proof}. Held by way of another repository: the upstream must show that it has it in this one. Else it is
 * fetched.
 */
final class DigestResolver {

    private final LinkCache links;
    private final Manifests manifests;
    private final Absent absent;
    private final Proofs proofs;
    private final Bulkhead bulkhead;
    private final Flights<Key, Manifest> asking = new Flights<>();

    DigestResolver(LinkCache links, Manifests manifests, Absent absent, Proofs proofs, Bulkhead bulkhead) {
        this.proofs = proofs;
        this.links = links;
        this.manifests = manifests;
        this.absent = absent;
        this.bulkhead = bulkhead;
    }

    /** What a client asks for. */
    CompletableFuture<Resolved> resolve(Upstream upstream, Repository repository, Digest digest) {
        return links.find(repository, digest)
                .thenCompose(link -> link.isPresent()
                        ? linked(upstream, repository, link.get())
                        : unlinked(upstream.forNewName(), repository, digest));
    }

    /** What a rule of ours names. */
    CompletableFuture<Resolved> resolveNamed(Upstream upstream, Repository repository, Digest digest) {
        return links.find(repository, digest)
                .thenCompose(link -> link.isPresent()
                        ? linked(upstream, repository, link.get())
                        : unlinked(upstream, repository, digest));
    }

    private CompletableFuture<Resolved> linked(Upstream upstream, Repository repository, Descriptor link) {
        return proofs.isDue(repository, link.digest())
                .thenCompose(due -> due ? claimed(upstream, repository, link) : belonging(upstream, repository, link));
    }

    private CompletableFuture<Resolved> claimed(Upstream upstream, Repository repository, Descriptor link) {
        return unlinked(upstream, repository, link.digest())
                .thenCompose(resolved -> links.linkOnce(
                                repository, resolved.manifest().descriptor())
                        .thenApply(done -> resolved));
    }

    private CompletableFuture<Resolved> belonging(Upstream upstream, Repository repository, Descriptor link) {
        return manifests
                .held(link)
                .thenCompose(held -> held.isPresent()
                        ? CompletableFuture.completedFuture(resolved(held.get(), Source.HIT))
                        : fetch(upstream, repository, link.digest())
                                .thenApply(fetched -> resolved(fetched, Source.FETCHED)));
    }

    private CompletableFuture<Resolved> unlinked(Upstream upstream, Repository repository, Digest digest) {
        return absent.unlessAbsent(
                        Absent.Endpoint.MANIFESTS,
                        upstream,
                        repository,
                        digest,
                        () -> bulkhead.await(
                                upstream.registry(),
                                () -> asking.join(
                                        new Key(repository, digest, upstream.caller()),
                                        () -> manifests
                                                .isHeld(digest)
                                                .thenCompose(held -> held
                                                        ? proofs.told(prove(upstream, repository, digest))
                                                        : get(upstream, repository, digest)))))
                .thenApply(manifest -> resolved(manifest, Source.FETCHED));
    }

    /** HEAD is proof enough for bytes that are here; an upstream that cannot answer a HEAD in full is asked by GET. */
    private CompletableFuture<Manifest> prove(Upstream upstream, Repository repository, Digest digest) {
        return upstream.head(repository, new ByDigest(digest))
                .thenApply(said -> said.map(HeadReply::descriptor))
                .thenCompose(said -> said.isPresent() && said.get().digest().equals(digest)
                        ? manifests
                                .held(said.get())
                                .thenCompose(held -> held.isPresent()
                                        ? CompletableFuture.completedFuture(held.get())
                                        : get(upstream, repository, digest))
                        : get(upstream, repository, digest));
    }

    private CompletableFuture<Manifest> fetch(Upstream upstream, Repository repository, Digest digest) {
        return absent.unlessAbsent(
                Absent.Endpoint.MANIFESTS,
                upstream,
                repository,
                digest,
                () -> bulkhead.await(upstream.registry(), () -> get(upstream, repository, digest)));
    }

    private CompletableFuture<Manifest> get(Upstream upstream, Repository repository, Digest digest) {
        return manifests.fetch(upstream, repository, new ByDigest(digest));
    }

    private static Resolved resolved(Manifest manifest, Source source) {
        return new Resolved(manifest, source);
    }

    private record Key(Repository repository, Digest digest, String caller) {}
}
