package io.entrepot.server.content;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.server.content.Content.Blob;
import io.entrepot.server.content.Content.BlobInfo;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.entrepot.storage.Lease;
import io.entrepot.storage.StoreFullException;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Blobs to which the right is established: from the store, else from a download that everybody shares, else passed through. */
final class Blobs {

    /** A damaged blob of at most this size is found out before anything is answered, and fetched in the same request. */
    private static final long CHECKED_FIRST = 8L * 1024 * 1024;

    private static final byte[] NOTHING = {};

    private final Store store;
    private final LinkSearch search;
    private final Fills fills;
    private final Relays relays;
    private final ContentStats stats;
    private final Bulkhead bulkhead;
    private final ConcurrentHashMap<Digest, Recheck> rechecks = new ConcurrentHashMap<>();

    Blobs(Store store, LinkSearch search, Fills fills, Relays relays, ContentStats stats, Bulkhead bulkhead) {
        this.store = store;
        this.search = search;
        this.fills = fills;
        this.relays = relays;
        this.stats = stats;
        this.bulkhead = bulkhead;
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
                .thenCompose(
                        lease -> lease.isPresent() ? held(target, descriptor, lease.get()) : fetch(target, descriptor));
    }

    /**
     * A blob that nothing names here: the upstream's own answer is the proof that it belongs to the repository.
     *
     * @param whenKept told the blob's descriptor when it was verified and is in the store
     * @param otherwise what to do if it is on its way for another repository, which proves nothing for this one
     */
    CompletableFuture<Blob> unnamed(
            Target target, Consumer<Descriptor> whenKept, Supplier<CompletableFuture<Blob>> otherwise) {
        return fills.join(
                target,
                said -> announced(target, said),
                fill -> own(target, fill, MediaType.OCTET_STREAM, whenKept, otherwise));
    }

    /** The same of a blob that a manifest names, which is no proof. */
    CompletableFuture<Blob> claimed(
            Target target,
            Descriptor claimed,
            Consumer<Descriptor> whenKept,
            Supplier<CompletableFuture<Blob>> otherwise) {
        return fills.join(
                target,
                said -> agreed(target, claimed, said),
                fill -> own(target, fill, claimed.mediaType(), whenKept, otherwise));
    }

    private CompletableFuture<Blob> own(
            Target target,
            Fill fill,
            MediaType type,
            Consumer<Descriptor> whenKept,
            Supplier<CompletableFuture<Blob>> otherwise) {
        if (!isFor(fill, target)) {
            return otherwise.get();
        }
        fill.ended().thenAccept(kept -> {
            if (kept) {
                whenKept.accept(described(target, fill, type));
            }
        });
        return join(target, fill, type);
    }

    /** Whether what fails for whom it was begun for fails for this one, too. */
    private static boolean isSame(Fill fill, Target target) {
        return isFor(fill, target)
                && fill.target().upstream().caller().equals(target.upstream().caller());
    }

    private static boolean isFor(Fill fill, Target target) {
        return fill.target().repository().equals(target.repository());
    }

    /** What is known of a blob that a manifest of the repository names: its size is that of the file, where it is held. */
    CompletableFuture<BlobInfo> describe(Target target, Descriptor link) {
        return store.call(() -> store.blobs().size(target.digest()))
                .exceptionally(failure -> OptionalLong.empty())
                .thenApply(size -> new BlobInfo(sized(link, size.orElse(link.size())), size.isPresent()));
    }

    /** The type of a blob that no manifest names is not known. */
    static Descriptor descriptor(Digest digest, long size) {
        return new Descriptor(MediaType.OCTET_STREAM, digest, size);
    }

    private CompletableFuture<Blob> fetch(Target target, Descriptor descriptor) {
        return fills.join(target, said -> agreed(target, descriptor, said), fill -> join(target, fill, descriptor));
    }

    /** What an upstream refuses in another repository, or to another caller, it may have for this one: then it is asked again. */
    private CompletableFuture<Blob> join(Target target, Fill fill, Descriptor descriptor) {
        CompletableFuture<Blob> joined = join(target, fill, descriptor.mediaType());
        return isSame(fill, target)
                ? joined
                : joined.exceptionallyCompose(failure -> fill.started().isCompletedExceptionally()
                        ? named(target, descriptor)
                        : CompletableFuture.failedFuture(failure));
    }

    /** Without a manifest, the size is what the upstream says. */
    private static CompletableFuture<Fill.Size> announced(Target target, OptionalLong said) {
        return said.isPresent()
                ? size(target, said.getAsLong(), true)
                : CompletableFuture.failedFuture(
                        new UpstreamException(Kind.INVALID, target.digest() + " without its size"));
    }

    /**
     * The size that the upstream and a manifest agree on: if not the first manifest that named the blob, then any other
     * of the repository, so that one that lies is not in the way of those that do not.
     */
    private CompletableFuture<Fill.Size> agreed(Target target, Descriptor named, OptionalLong said) {
        if (said.isEmpty() || said.getAsLong() == named.size()) {
            return size(target, named.size(), said.isPresent());
        }
        return search.isNamed(target.repository(), target.digest(), said.getAsLong())
                .thenCompose(another -> another
                        ? size(target, said.getAsLong(), true)
                        : CompletableFuture.failedFuture(new UpstreamException(
                                Kind.INVALID,
                                target.digest() + " is " + said.getAsLong() + " bytes, its manifest says "
                                        + named.size())));
    }

    /** A body without bytes goes out before anything could be verified. */
    private static CompletableFuture<Fill.Size> size(Target target, long bytes, boolean confirmed) {
        return bytes > 0 || target.digest().matches(NOTHING)
                ? CompletableFuture.completedFuture(new Fill.Size(bytes, confirmed))
                : CompletableFuture.failedFuture(
                        new UpstreamException(Kind.INVALID, target.digest() + " is not the digest of nothing"));
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
            return fetch(target, descriptor);
        });
    }

    private CompletableFuture<Blob> join(Target target, Fill fill, MediaType type) {
        if (isFor(fill, target)) {
            fill.alsoFor(target.upstream());
        }
        return bulkhead.await(target.upstream().registry(), fill::body)
                .thenCompose(body -> body.isPresent()
                        ? CompletableFuture.completedFuture(
                                new Blob(described(target, fill, type), body.get(), Blob.Source.FILL))
                        : named(target, described(target, fill, type)))
                .exceptionallyCompose(failure -> Failures.cause(failure) instanceof StoreFullException
                        ? relay(target, fill, type)
                        : CompletableFuture.failedFuture(Failures.cause(failure)));
    }

    /** One of those who waited for a download that found no room goes on with its transfer, the others ask again. */
    private CompletableFuture<Blob> relay(Target target, Fill fill, MediaType type) {
        CompletableFuture<Body> body = fill.takeStream()
                .map(open -> CompletableFuture.completedFuture(relays.takeOver(target, fill.size(), open)))
                .orElseGet(() -> relays.open(target, fill.size()));
        return body.thenApply(bytes -> new Blob(described(target, fill, type), bytes, Blob.Source.RELAY));
    }

    private static Descriptor described(Target target, Fill fill, MediaType type) {
        return new Descriptor(type, target.digest(), fill.size());
    }

    private static Descriptor sized(Descriptor descriptor, long size) {
        return descriptor.size() == size
                ? descriptor
                : new Descriptor(descriptor.mediaType(), descriptor.digest(), size);
    }
}
