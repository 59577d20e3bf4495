package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import io.entrepot.storage.TagRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What tags meant: the store's records, the hot ones in memory. */
final class TagCache {

    private static final Logger LOG = LoggerFactory.getLogger(TagCache.class);
    private static final int ENTRIES = 100_000;

    private final Store store;
    private final Cache<Key, TagRecord> hot =
            Caffeine.newBuilder().maximumSize(ENTRIES).build();

    TagCache(Store store) {
        this.store = store;
    }

    /** What is known of a tag; no hop to another thread if it is hot. */
    CompletableFuture<Optional<TagRecord>> find(Repository repository, Tag tag) {
        TagRecord known = hot.getIfPresent(new Key(repository, tag));
        if (known != null) {
            return CompletableFuture.completedFuture(Optional.of(known));
        }
        return store.call(() -> store.tags().find(repository, tag)).thenApply(found -> {
            found.ifPresent(record -> hot.asMap().putIfAbsent(new Key(repository, tag), record));
            return found;
        });
    }

    /**
     * The upstream said what the tag means; durable when complete. If the disk refuses, the record holds in memory, with
     * what was known before: a full disk does not stop pulls, nor does it move an immutable tag.
     */
    CompletableFuture<TagRecord> saw(Repository repository, Tag tag, Descriptor manifest, Instant now) {
        Key key = new Key(repository, tag);
        return store.call(() -> store.tags().saw(repository, tag, manifest, now))
                .handle((written, failure) -> {
                    if (failure == null) {
                        hot.put(key, written);
                        return written;
                    }
                    notWritten(key, Failures.cause(failure));
                    return hot.asMap()
                            .compute(
                                    key,
                                    (same, known) -> known == null
                                            ? TagRecord.first(tag, manifest, now)
                                            : known.seen(manifest, now));
                });
    }

    /** The upstream said that the tag is gone. A record that was read before that is replaced, also if it is put later. */
    CompletableFuture<Void> gone(Repository repository, Tag tag, Instant now) {
        Key key = new Key(repository, tag);
        return store.call(() -> {
                    store.tags().gone(repository, tag, now);
                    return store.tags().find(repository, tag);
                })
                .whenComplete((record, failure) -> hot.invalidate(key))
                .thenAccept(record -> record.ifPresent(gone -> hot.put(key, gone)));
    }

    /** The names of the tags known of a repository, sorted. */
    CompletableFuture<List<String>> names(Repository repository) {
        return store.call(() -> store.tags().list(repository))
                .thenApply(records -> records.stream()
                        .filter(record -> !record.gone())
                        .map(record -> record.tag().name())
                        .sorted()
                        .toList());
    }

    /** The tags that had this digest once, or have it now. */
    CompletableFuture<List<TagSighting>> under(Repository repository, Digest digest) {
        return store.call(() -> store.tags().under(repository, digest))
                .thenApply(records ->
                        records.stream().map(record -> sighting(record, digest)).toList());
    }

    private static TagSighting sighting(TagRecord record, Digest digest) {
        boolean first = record.earliest().manifest().digest().equals(digest);
        return new TagSighting(record.tag(), Optional.empty(), first, false);
    }

    private static void notWritten(Key key, Throwable cause) {
        LOG.atWarn()
                .addKeyValue("repository", key.repository())
                .addKeyValue("tag", key.tag())
                .addKeyValue("cause", cause)
                .log("tag record not written, held in memory");
    }

    private record Key(Repository repository, Tag tag) {}
}
