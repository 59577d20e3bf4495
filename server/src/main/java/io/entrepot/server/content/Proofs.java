package io.entrepot.server.content;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.RegistryException;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Whether what is held may be served by way of a repository that is not known to have it.
 *
 * <p>That a manifest names content is a claim: whoever may push to a repository of their own can name there what is held for
 * others. Where anything is for some alone to read, the upstream must show once that it has the content in the repository;
 * where nothing is, everybody could pull the bytes by the repository that they came by, and nobody is asked.
 */
final class Proofs {

    private static final Duration OFFLINE = Duration.ofMinutes(1);

    private final BooleanSupplier restricted;
    private final LinkCache links;
    private final Absent absent;
    private final Bulkhead bulkhead;
    private final Flights<SizeKey, Long> sizes = new Flights<>();

    /** @param restricted whether anything is for some alone to read, now */
    Proofs(BooleanSupplier restricted, LinkCache links, Absent absent, Bulkhead bulkhead) {
        this.restricted = restricted;
        this.links = links;
        this.absent = absent;
        this.bulkhead = bulkhead;
    }

    /** Whether a claim is enough. */
    boolean needNone() {
        return !restricted.getAsBoolean();
    }

    /** Whether the upstream must show that it has this content in the repository before held bytes are served. */
    CompletableFuture<Boolean> isDue(Repository repository, Digest digest) {
        return needNone()
                ? CompletableFuture.completedFuture(false)
                : links.cameBy(repository, digest).thenApply(came -> !came);
    }

    /** The upstream has the blob in this repository, and says how large it is. One asks for all. */
    CompletableFuture<Long> size(Target target) {
        return bulkhead.await(
                target.upstream().registry(),
                () -> sizes.join(
                        new SizeKey(
                                target.repository(),
                                target.digest(),
                                target.upstream().caller()),
                        () -> target.upstream().blobSize(target.repository(), target.digest())));
    }

    /** Completes when the upstream was seen to have a claimed blob in this repository, and that is on record. */
    CompletableFuture<Void> prove(Target target, Descriptor claimed) {
        return told(absent.unlessAbsent(
                        Absent.Endpoint.BLOBS,
                        target.upstream(),
                        target.repository(),
                        target.digest(),
                        () -> size(target)))
                .thenCompose(size -> links.linkOnce(target.repository(), claimed));
    }

    /** An upstream that is offline cannot tell, which does not mean that the content is not here. */
    <T> CompletableFuture<T> told(CompletableFuture<T> asked) {
        return asked.exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                Failures.cause(failure) instanceof UpstreamException said && said.kind() == Kind.OFFLINE && !needNone()
                        ? new RegistryException.Unavailable(
                                "held here, but its upstream was never asked whether this repository has it, and "
                                        + said.getMessage(),
                                OFFLINE)
                        : failure));
    }

    private record SizeKey(Repository repository, Digest digest, String caller) {}
}
