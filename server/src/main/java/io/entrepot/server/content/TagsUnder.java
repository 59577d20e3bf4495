package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Under which tags a digest stands: from the store, the hot ones in memory until the store was told something else. */
final class TagsUnder {

    private static final int ENTRIES = 200_000;

    private final Store store;
    private final Cache<Key, List<TagSighting>> hot = Caffeine.newBuilder()
            .maximumWeight(ENTRIES)
            .weigher((Key key, List<TagSighting> sightings) -> 1 + sightings.size())
            .build();

    /** Held while it is read, and while it is forgotten: what was read before a change is not put behind it. */
    private final Stripes locks = new Stripes();

    TagsUnder(Store store) {
        this.store = store;
    }

    /** No hop to another thread if it is hot. */
    CompletableFuture<List<TagSighting>> find(Repository repository, Digest digest) {
        Key key = new Key(repository, digest);
        List<TagSighting> known = hot.getIfPresent(key);
        return known != null ? CompletableFuture.completedFuture(known) : store.call(() -> read(key));
    }

    private List<TagSighting> read(Key key) throws IOException {
        synchronized (locks.of(key)) {
            List<TagSighting> found = store.tags().under(key.repository(), key.digest()).stream()
                    .map(record -> TagSighting.of(record, key.digest()))
                    .toList();
            hot.put(key, found);
            return found;
        }
    }

    /** The store was told something of it. On the store's pool alone. */
    void forget(Repository repository, Digest digest) {
        Key key = new Key(repository, digest);
        synchronized (locks.of(key)) {
            hot.invalidate(key);
        }
    }

    private record Key(Repository repository, Digest digest) {}
}
