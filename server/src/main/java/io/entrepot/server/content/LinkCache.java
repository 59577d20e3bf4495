package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Repository;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which content belongs to which repository: the store's links, the hot ones in memory. */
final class LinkCache {

    private static final Logger LOG = LoggerFactory.getLogger(LinkCache.class);
    private static final int ENTRIES = 200_000;

    private final Store store;
    private final Cache<Key, Descriptor> hot =
            Caffeine.newBuilder().maximumSize(ENTRIES).build();

    LinkCache(Store store) {
        this.store = store;
    }

    /** The descriptor under which this repository has this content; no hop to another thread if it is hot. */
    CompletableFuture<Optional<Descriptor>> find(Repository repository, Digest digest) {
        Descriptor known = hot.getIfPresent(new Key(repository, digest));
        if (known != null) {
            return CompletableFuture.completedFuture(Optional.of(known));
        }
        return store.call(() -> store.links().find(repository, digest)).thenApply(found -> {
            found.ifPresent(link -> hot.put(new Key(repository, digest), link));
            return found;
        });
    }

    /**
     * Links a manifest and what it names; durable when complete. If the disk refuses, the links hold in memory: an image
     * that can be passed through is not refused because it cannot be remembered.
     */
    CompletableFuture<Void> link(Repository repository, Manifest manifest) {
        Descriptor own = manifest.descriptor();
        if (isAdmitted(repository, own)) {
            return CompletableFuture.completedFuture(null);
        }
        return kept(
                repository,
                manifest.children(),
                store.call(() -> {
                    store.links().link(repository, own, manifest.children());
                    return own;
                }),
                own);
    }

    /** Links one blob that the upstream was seen to serve in this repository; durable when complete. */
    CompletableFuture<Void> link(Repository repository, Descriptor blob) {
        return kept(
                repository,
                List.of(),
                store.call(() -> {
                    store.links().link(repository, blob);
                    return blob;
                }),
                blob);
    }

    /** The manifests of a repository. */
    CompletableFuture<List<Descriptor>> manifests(Repository repository) {
        return store.call(() -> store.links().manifests(repository));
    }

    private boolean isAdmitted(Repository repository, Descriptor manifest) {
        return hot.getIfPresent(new Key(repository, manifest.digest(), true)) != null;
    }

    private CompletableFuture<Void> kept(
            Repository repository, List<Descriptor> children, CompletableFuture<Descriptor> written, Descriptor own) {
        return written.handle((done, failure) -> {
            if (failure == null) {
                hot.put(new Key(repository, own.digest(), true), own);
            } else {
                LOG.atWarn()
                        .addKeyValue("repository", repository)
                        .addKeyValue("digest", own.digest())
                        .addKeyValue("cause", Failures.cause(failure).toString())
                        .log("link not written, held in memory");
            }
            hot.put(new Key(repository, own.digest()), own);
            children.forEach(child -> hot.asMap().putIfAbsent(new Key(repository, child.digest()), child));
            return null;
        });
    }

    /** {@code admitted}: the manifest's own links are written, so that admitting it again costs nothing. */
    private record Key(Repository repository, Digest digest, boolean admitted) {
        Key(Repository repository, Digest digest) {
            this(repository, digest, false);
        }
    }
}
