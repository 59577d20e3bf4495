package io.entrepot.server.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import io.entrepot.storage.TagFacts;
import io.entrepot.storage.TagPin;
import io.entrepot.storage.TagRecord;
import java.io.IOException;
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
    private final TagsUnder under;

    /** Held while the store is asked or told of a tag and memory follows: on the store's pool alone. */
    private final Stripes tagLocks = new Stripes();

    TagCache(Store store) {
        this.store = store;
        this.under = new TagsUnder(store);
    }

    /** What is known of a tag; no hop to another thread if it is hot. */
    CompletableFuture<Optional<TagRecord>> find(Repository repository, Tag tag) {
        Key key = new Key(repository, tag);
        TagRecord known = hot.getIfPresent(key);
        if (known != null) {
            return CompletableFuture.completedFuture(Optional.of(known));
        }
        return store.call(() -> {
            synchronized (tagLocks.of(key)) {
                Optional<TagRecord> found = store.tags().find(repository, tag);
                found.ifPresent(record -> hot.asMap().putIfAbsent(key, record));
                return found;
            }
        });
    }

    /**
     * The upstream said what the tag means; durable when complete. If the disk refuses, the record holds in memory, with
     * what was known before: a full disk does not stop pulls, nor does it move an immutable tag.
     */
    CompletableFuture<TagRecord> saw(Repository repository, Tag tag, Descriptor manifest, Instant now) {
        Key key = new Key(repository, tag);
        return written(key, () -> Optional.of(store.tags().saw(repository, tag, manifest, now)))
                .handle((written, failure) -> {
                    if (failure == null) {
                        return written.orElseThrow();
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
        return written(key, () -> {
                    store.tags().gone(repository, tag, now);
                    return store.tags().find(repository, tag);
                })
                .whenComplete((record, failure) -> {
                    if (failure != null) {
                        hot.invalidate(key);
                    }
                })
                .thenAccept(record -> {});
    }

    /** The age of what the tag was last seen to mean counts from now on, unless it does already, which costs nothing. */
    CompletableFuture<Void> beginAge(Repository repository, Tag tag, Instant now) {
        return find(repository, tag)
                .thenCompose(known -> known.filter(
                                record -> record.since(latest(record)).isEmpty())
                        .map(record -> beginAge(new Key(repository, tag), latest(record), now))
                        .orElseGet(() -> CompletableFuture.completedFuture(null)));
    }

    private static Digest latest(TagRecord record) {
        return record.latest().manifest().digest();
    }

    private CompletableFuture<Void> beginAge(Key key, Digest digest, Instant now) {
        return written(key, () -> store.tags().aged(key.repository(), key.tag(), digest, now))
                .handle((written, failure) -> {
                    if (failure != null) {
                        notWritten(key, Failures.cause(failure));
                        hot.asMap()
                                .computeIfPresent(
                                        key,
                                        (same, known) ->
                                                known.with(known.facts().aged(digest, now)));
                    }
                    return null;
                });
    }

    /**
     * A first pull pins a tag, unless there is a pin; durable when complete. The record after that; empty if nothing is
     * known of the tag. It fails if the disk refuses: a pin that is forgotten would be another one the next time.
     */
    CompletableFuture<Optional<TagRecord>> propose(Repository repository, Tag tag, TagPin proposal) {
        return find(repository, tag)
                .thenCompose(
                        known -> known.filter(record -> record.facts().pin().isEmpty())
                                .map(record -> pin(repository, tag, proposal))
                                .orElseGet(() -> CompletableFuture.completedFuture(known)));
    }

    private CompletableFuture<Optional<TagRecord>> pin(Repository repository, Tag tag, TagPin pin) {
        return written(new Key(repository, tag), () -> store.tags().pin(repository, tag, pin));
    }

    /** Makes hold what waits for it, as {@link CachedContent#promote} says; durable when complete. */
    CompletableFuture<Optional<Promoted>> promote(
            Repository repository, Tag tag, Optional<Digest> digest, String by, Instant now) {
        return find(repository, tag).thenCompose(known -> {
            Optional<Digest> proposed = known.flatMap(record -> record.facts().pin())
                    .filter(pin -> !pin.promoted())
                    .map(TagPin::digest);
            Optional<Digest> pin = digest.or(() -> proposed);
            return pin.isPresent()
                    ? promotedPin(repository, tag, new TagPin(pin.get(), by, now, true))
                    : promotedReturn(repository, tag, known);
        });
    }

    private CompletableFuture<Optional<Promoted>> promotedPin(Repository repository, Tag tag, TagPin pin) {
        return pin(repository, tag, pin)
                .thenApply(after -> after.flatMap(record -> record.facts().pin())
                        .filter(holds -> holds.promoted() && holds.digest().equals(pin.digest()))
                        .map(holds -> new Promoted(Promoted.What.PIN, holds.digest())));
    }

    private CompletableFuture<Optional<Promoted>> promotedReturn(
            Repository repository, Tag tag, Optional<TagRecord> known) {
        Optional<TagFacts.Return> open = known.flatMap(TagRecord::openReturn);
        return open.isEmpty()
                ? CompletableFuture.completedFuture(Optional.empty())
                : written(new Key(repository, tag), () -> store.tags().returned(repository, tag, open.get()))
                        .thenApply(after -> Optional.of(
                                new Promoted(Promoted.What.RETURN, open.get().digest())));
    }

    /** Tells the store, and lets memory follow in the order in which the store was told. */
    private CompletableFuture<Optional<TagRecord>> written(Key key, Store.Call<Optional<TagRecord>> write) {
        return store.call(() -> {
            synchronized (tagLocks.of(key)) {
                Optional<TagRecord> before = Optional.ofNullable(hot.getIfPresent(key));
                try {
                    Optional<TagRecord> after = write.run();
                    after.ifPresent(record -> hot.put(key, record));
                    forget(key.repository(), before, after);
                    return after;
                } catch (IOException e) {
                    before.ifPresent(record -> forgetAll(key.repository(), record));
                    throw e;
                }
            }
        });
    }

    /** What stands under a digest is read again if it may be another now. */
    private void forget(Repository repository, Optional<TagRecord> before, Optional<TagRecord> after) {
        if (after.isEmpty()) {
            return;
        }
        TagRecord now = after.get();
        if (before.filter(known -> known.facts().equals(now.facts())).isEmpty()) {
            forgetAll(repository, now);
        } else if (before.filter(
                        known -> known.history().size() == now.history().size()
                                && latest(known).equals(latest(now)))
                .isEmpty()) {
            under.forget(repository, latest(now));
        }
    }

    private void forgetAll(Repository repository, TagRecord record) {
        record.history()
                .forEach(seen -> under.forget(repository, seen.manifest().digest()));
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

    /** The tags that had this digest once, or have it now; no hop to another thread if it is hot. */
    CompletableFuture<List<TagSighting>> under(Repository repository, Digest digest) {
        return under.find(repository, digest);
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
