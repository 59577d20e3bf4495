package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.Repository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which content belongs to which repository: the store's links, the hot ones in memory. */
final class LinkCache {

    private static final Logger LOG = LoggerFactory.getLogger(LinkCache.class);
    private static final int ENTRIES = 200_000;

    /** A layer that everything is built on is named by all there is; one pull must not look at all of it. */
    private static final int MOST_NAMING = 1_000;

    private final Store store;
    private final Cache<Key, Descriptor> hot =
            Caffeine.newBuilder().maximumSize(ENTRIES).build();

    /** Manifests whose links are written: to admit them again costs nothing. */
    private final Cache<Key, Boolean> admitted =
            Caffeine.newBuilder().maximumSize(ENTRIES).build();

    /** What is known to have come by a repository. */
    private final Cache<Key, Boolean> cameBy =
            Caffeine.newBuilder().maximumSize(ENTRIES).build();

    private final Cache<Key, List<Descriptor>> naming = Caffeine.newBuilder()
            .maximumWeight(ENTRIES)
            .weigher((Key key, List<Descriptor> manifests) -> 1 + manifests.size())
            .build();

    /** Held while it is read what names a digest, or that is forgotten: on the store's pool alone. */
    private final Stripes namingLocks = new Stripes();

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
        Key key = new Key(repository, own.digest());
        if (admitted.getIfPresent(key) != null) {
            return CompletableFuture.completedFuture(null);
        }
        return store.act(() -> write(repository, own, manifest.children())).handle((done, failure) -> {
            if (failure == null) {
                admitted.put(key, true);
            } else {
                notWritten(key, Failures.cause(failure));
            }
            hot.put(key, own);
            cameBy.put(key, true);
            manifest.children().forEach(child -> hot.asMap().putIfAbsent(new Key(repository, child.digest()), child));
            return null;
        });
    }

    private void write(Repository repository, Descriptor manifest, List<Descriptor> children) throws IOException {
        try {
            store.links().link(repository, manifest, children);
        } finally {
            children.forEach(child -> forget(new Key(repository, child.digest())));
        }
    }

    private void forget(Key key) {
        synchronized (namingLocks.of(key)) {
            naming.invalidate(key);
        }
    }

    /** Links content that the upstream was seen to serve in this repository; durable when complete. */
    CompletableFuture<Void> link(Repository repository, Descriptor blob) {
        Key key = new Key(repository, blob.digest());
        cameBy.put(key, true);
        return store.act(() -> store.links().link(repository, blob)).handle((done, failure) -> {
            if (failure != null) {
                notWritten(key, Failures.cause(failure));
            }
            hot.asMap().putIfAbsent(key, blob);
            return null;
        });
    }

    /** The same once: of a crowd that all saw it, one writes. */
    CompletableFuture<Void> linkOnce(Repository repository, Descriptor blob) {
        return cameBy.asMap().putIfAbsent(new Key(repository, blob.digest()), true) == null
                ? link(repository, blob)
                : CompletableFuture.completedFuture(null);
    }

    /** Whether content is known to have come by this repository; no hop to another thread if it is hot. */
    CompletableFuture<Boolean> cameBy(Repository repository, Digest digest) {
        Key key = new Key(repository, digest);
        return cameBy.getIfPresent(key) != null
                ? CompletableFuture.completedFuture(true)
                : store.call(() -> store.links().cameBy(repository, digest)).thenApply(came -> {
                    if (came) {
                        cameBy.put(key, true);
                    }
                    return came;
                });
    }

    /** The manifests of a repository. */
    CompletableFuture<List<Descriptor>> manifests(Repository repository) {
        return store.call(() -> store.links().manifests(repository));
    }

    /** The manifests of a repository that name this content, the last ones first; no hop to another thread if it is hot. */
    CompletableFuture<List<Descriptor>> naming(Repository repository, Digest digest) {
        Key key = new Key(repository, digest);
        List<Descriptor> known = naming.getIfPresent(key);
        return known != null ? CompletableFuture.completedFuture(known) : store.call(() -> read(key));
    }

    private List<Descriptor> read(Key key) throws IOException {
        synchronized (namingLocks.of(key)) {
            List<Descriptor> found = newest(store.links().naming(key.repository(), key.digest()));
            naming.put(key, found);
            return found;
        }
    }

    private static List<Descriptor> newest(List<Descriptor> linked) {
        int size = linked.size();
        List<Descriptor> turned = new ArrayList<>(linked.subList(Math.max(0, size - MOST_NAMING), size));
        Collections.reverse(turned);
        return List.copyOf(turned);
    }

    /** The manifests that others of a repository name and that are not linked themselves. */
    CompletableFuture<List<Descriptor>> unlinked(Repository repository) {
        return store.call(() -> store.links().unlinked(repository));
    }

    private static void notWritten(Key key, Throwable cause) {
        LOG.atWarn()
                .addKeyValue("repository", key.repository())
                .addKeyValue("digest", key.digest())
                .addKeyValue("cause", cause)
                .log("link not written, held in memory");
    }

    private record Key(Repository repository, Digest digest) {}
}
