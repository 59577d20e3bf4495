package io.entrepot.server.content;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.server.content.Content.Blob;
import io.entrepot.storage.Lease;
import io.entrepot.storage.StoreFullException;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Blobs to which the right is established: from the store, else from a download that everybody shares, else passed through. */
final class Blobs {

    /** A damaged blob of at most this size is found out before anything is answered, and fetched in the same request. */
    private static final long CHECKED_FIRST = 8L * 1024 * 1024;

    private final Store store;
    private final Fills fills;
    private final int resumes;
    private final ContentStats stats;
    private final ConcurrentHashMap<Digest, Recheck> rechecks = new ConcurrentHashMap<>();

    Blobs(Store store, Fills fills, int resumes, ContentStats stats) {
        this.store = store;
        this.fills = fills;
        this.resumes = resumes;
        this.stats = stats;
    }

    /** A blob that a manifest of the repository names. */
    CompletableFuture<Blob> named(Target target, Descriptor descriptor) {
        Optional<Fill> fill = fills.find(target);
        if (fill.isPresent()) {
            return join(target, fill.get(), descriptor);
        }
        Recheck recheck = rechecks.get(target.digest());
        Optional<Growing> checked = recheck == null ? Optional.empty() : recheck.body();
        if (recheck != null && checked.isPresent()) {
            return checked(target, descriptor, recheck, checked.get());
        }
        return lease(target.digest())
                .thenCompose(lease -> lease.isPresent()
                        ? held(target, descriptor, lease.get())
                        : join(target, fills.startOrJoin(target, OptionalLong.of(descriptor.size())), descriptor));
    }

    /**
     * A blob that nothing names here: the upstream's own answer is the proof that it belongs to the repository.
     *
     * @param whenKept told the blob's descriptor when it was verified and is in the store
     */
    CompletableFuture<Blob> unnamed(Target target, Consumer<Descriptor> whenKept) {
        Fill fill = fills.startOrJoin(target, OptionalLong.empty());
        return fill.started()
                .thenCompose(started -> {
                    Descriptor descriptor =
                            descriptor(target.digest(), started.gate().size());
                    fill.ended().thenAccept(kept -> {
                        if (kept) {
                            whenKept.accept(descriptor);
                        }
                    });
                    return join(target, started, descriptor);
                })
                .exceptionallyCompose(failure -> Failures.cause(failure) instanceof StoreFullException
                        ? unnamedRelay(target)
                        : CompletableFuture.failedFuture(Failures.cause(failure)));
    }

    private CompletableFuture<Blob> unnamedRelay(Target target) {
        return target.upstream()
                .blobSize(target.repository(), target.digest())
                .thenCompose(size -> relay(target, descriptor(target.digest(), size)));
    }

    /** The type of a blob that no manifest names is not known. */
    static Descriptor descriptor(Digest digest, long size) {
        return new Descriptor(MediaType.OCTET_STREAM, digest, size);
    }

    private CompletableFuture<Optional<Lease>> lease(Digest digest) {
        return store.call(() -> store.blobs().open(digest)).exceptionallyCompose(failure -> {
            Throwable cause = Failures.cause(failure);
            return cause instanceof IOException
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.failedFuture(cause);
        });
    }

    private CompletableFuture<Blob> held(Target target, Descriptor descriptor, Lease lease) {
        if (lease.trusted()) {
            return CompletableFuture.completedFuture(
                    new Blob(sized(descriptor, lease.size()), new HeldBody(lease, store), Blob.Source.HIT));
        }
        return recheck(target, descriptor, lease);
    }

    private CompletableFuture<Blob> recheck(Target target, Descriptor descriptor, Lease lease) {
        Recheck mine = new Recheck(lease, store);
        if (rechecks.putIfAbsent(target.digest(), mine) != null) {
            mine.release();
            return named(target, descriptor);
        }
        stats.rechecks.increment();
        Growing body = mine.body().orElseThrow();
        mine.right().whenComplete((agrees, failure) -> rechecks.remove(target.digest(), mine));
        mine.start();
        return checked(target, descriptor, mine, body);
    }

    /** A small blob is given out when it is known to be right; a large one at once, and its end when that is known. */
    private CompletableFuture<Blob> checked(Target target, Descriptor descriptor, Recheck recheck, Growing body) {
        Blob blob = new Blob(sized(descriptor, body.size()), body, Blob.Source.HIT);
        if (body.size() > CHECKED_FIRST) {
            return CompletableFuture.completedFuture(blob);
        }
        return recheck.right().thenCompose(agrees -> {
            if (agrees) {
                return CompletableFuture.completedFuture(blob);
            }
            body.close();
            // not by way of the store: what could not be set aside would be found there again, for ever
            return join(target, fills.startOrJoin(target, OptionalLong.of(descriptor.size())), descriptor);
        });
    }

    private CompletableFuture<Blob> join(Target target, Fill fill, Descriptor descriptor) {
        return fill.started()
                .thenApply(Fill::body)
                .thenCompose(body -> body.isPresent()
                        ? CompletableFuture.completedFuture(
                                new Blob(sized(descriptor, body.get().size()), body.get(), Blob.Source.FILL))
                        : named(target, descriptor))
                .exceptionallyCompose(failure -> Failures.cause(failure) instanceof StoreFullException
                        ? relay(target, descriptor)
                        : CompletableFuture.failedFuture(Failures.cause(failure)));
    }

    private CompletableFuture<Blob> relay(Target target, Descriptor descriptor) {
        stats.relays.increment();
        return RelayBody.open(target, descriptor.size(), store, resumes, stats)
                .thenApply(body -> new Blob(descriptor, body, Blob.Source.RELAY));
    }

    private static Descriptor sized(Descriptor descriptor, long size) {
        return descriptor.size() == size
                ? descriptor
                : new Descriptor(descriptor.mediaType(), descriptor.digest(), size);
    }
}
