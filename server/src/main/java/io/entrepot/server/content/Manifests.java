package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference;
import io.entrepot.oci.Repository;
import io.entrepot.server.upstream.Upstream;
import io.entrepot.server.upstream.Upstream.ManifestReply;
import io.entrepot.server.upstream.UpstreamException;
import io.entrepot.server.upstream.UpstreamException.Kind;
import io.entrepot.storage.StoreFullException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Manifests by digest: the hot ones in memory, the others from the store, the rest from an upstream. All are verified. */
final class Manifests {

    private static final Logger LOG = LoggerFactory.getLogger(Manifests.class);
    private static final long HOT_BYTES = 64L * 1024 * 1024;

    /** The store counts a manifest that is read from memory as used this often: it would evict what is asked for most. */
    private static final long USED_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Store store;
    private final WholeBlobs whole;
    private final Incidents incidents;
    private final Flights<Key, Said> fetches = new Flights<>();
    private final Cache<Descriptor, Hot> hot = Caffeine.newBuilder()
            .maximumWeight(HOT_BYTES)
            .weigher((Descriptor key, Hot entry) -> 512 + entry.manifest().bytes().length)
            .build();

    Manifests(Store store, Incidents incidents) {
        this.store = store;
        this.whole = new WholeBlobs(store.blobs());
        this.incidents = incidents;
    }

    /** A manifest that is held here, read and hashed unless it is hot; empty if it is not held. */
    CompletableFuture<Optional<Manifest>> held(Descriptor descriptor) {
        Hot known = hot.getIfPresent(descriptor);
        if (known != null) {
            if (known.isDue(System.nanoTime())) {
                store.blobs().used(descriptor.digest());
            }
            return CompletableFuture.completedFuture(Optional.of(known.manifest()));
        }
        return store.call(() -> read(descriptor)).thenApply(found -> {
            found.ifPresent(manifest -> hot.put(descriptor, Hot.now(manifest)));
            return found;
        });
    }

    /** Whether a blob of this digest is held, as a manifest or as anything else. */
    CompletableFuture<Boolean> isHeld(Digest digest) {
        return store.call(() -> store.blobs().size(digest).isPresent());
    }

    /** Keeps a manifest that is in memory; false if it is not. The store may have lost what is asked for from memory. */
    CompletableFuture<Boolean> keepAgain(Descriptor descriptor) {
        Hot known = hot.getIfPresent(descriptor);
        return known == null
                ? CompletableFuture.completedFuture(false)
                : store.call(
                        () -> whole.write(descriptor.digest(), known.manifest().bytes()));
    }

    /** A manifest that is held here, else from the upstream by its digest. */
    CompletableFuture<Manifest> find(Upstream upstream, Repository repository, Descriptor descriptor) {
        return held(descriptor)
                .thenCompose(held -> held.isPresent()
                        ? CompletableFuture.completedFuture(held.get())
                        : fetch(upstream, repository, new Reference.ByDigest(descriptor.digest())));
    }

    /** A manifest from the upstream by one GET, verified and kept. */
    CompletableFuture<Manifest> fetch(Upstream upstream, Repository repository, Reference reference) {
        return fetchSaid(upstream, repository, reference).thenApply(Said::manifest);
    }

    /** The same, and which host of the upstream it came from, if that has several. */
    CompletableFuture<Said> fetchSaid(Upstream upstream, Repository repository, Reference reference) {
        return fetches.join(
                new Key(repository, reference, upstream.caller()),
                () -> upstream.manifest(repository, reference)
                        .thenCompose(reply -> keep(repository, verified(upstream, repository, reference, reply))
                                .thenApply(manifest -> new Said(manifest, reply.endpoint()))));
    }

    private Manifest verified(Upstream upstream, Repository repository, Reference reference, ManifestReply reply) {
        Digest expected = expected(reference, reply);
        if (!expected.matches(reply.bytes())) {
            incidents.report(new Incident.WrongBytes(
                    upstream.registry(), repository, expected, "manifest hashes to " + Digest.of(reply.bytes())));
            throw new UpstreamException(Kind.INVALID, "a manifest that is not " + expected);
        }
        try {
            return Manifest.parse(expected, reply.bytes(), reply.mediaType());
        } catch (IllegalArgumentException e) {
            throw new UpstreamException(Kind.INVALID, repository + " " + reference + ": " + e.getMessage());
        }
    }

    /** What the bytes must hash to: what was asked for, else what the upstream says, else whatever they hash to. */
    private static Digest expected(Reference reference, ManifestReply reply) {
        if (reference instanceof Reference.ByDigest asked) {
            return asked.digest();
        }
        return reply.claimed().orElseGet(() -> Digest.of(reply.bytes()));
    }

    private CompletableFuture<Manifest> keep(Repository repository, Manifest manifest) {
        hot.put(manifest.descriptor(), Hot.now(manifest));
        return store.call(() -> whole.write(manifest.descriptor().digest(), manifest.bytes()))
                .handle((done, failure) -> {
                    if (failure != null) {
                        notKept(repository, manifest.descriptor(), Failures.cause(failure));
                    }
                    return manifest;
                });
    }

    private void notKept(Repository repository, Descriptor manifest, Throwable cause) {
        incidents.report(new Incident.NotKept(repository, manifest.digest(), manifest.size(), cause.toString()));
        if (!(cause instanceof StoreFullException)) {
            LOG.atWarn()
                    .addKeyValue("digest", manifest.digest())
                    .addKeyValue("cause", cause.toString())
                    .log("manifest not kept");
        }
    }

    private Optional<Manifest> read(Descriptor descriptor) throws IOException {
        return whole.read(descriptor.digest(), Manifest.MAX_SIZE).flatMap(bytes -> interpreted(descriptor, bytes));
    }

    private static Optional<Manifest> interpreted(Descriptor descriptor, byte[] bytes) {
        try {
            return Optional.of(Manifest.parse(descriptor.digest(), bytes, descriptor.mediaType()));
        } catch (IllegalArgumentException e) {
            MediaType said = descriptor.mediaType();
            LOG.atDebug()
                    .addKeyValue("digest", descriptor.digest())
                    .addKeyValue("type", said)
                    .log("not a manifest");
            return Optional.empty();
        }
    }

    /** A manifest in memory, and when the store was last told that it is used. */
    private record Hot(Manifest manifest, AtomicLong toldAt) {

        static Hot now(Manifest manifest) {
            return new Hot(manifest, new AtomicLong(System.nanoTime()));
        }

        /** True for one caller at a time, each few seconds. */
        boolean isDue(long now) {
            long told = toldAt.get();
            return now - told > USED_EVERY_NANOS && toldAt.compareAndSet(told, now);
        }
    }

    /** A manifest, and the host that sent it. */
    record Said(Manifest manifest, String endpoint) {}

    /** @param caller what fails for one may be given to another */
    private record Key(Repository repository, Reference reference, String caller) {}
}
