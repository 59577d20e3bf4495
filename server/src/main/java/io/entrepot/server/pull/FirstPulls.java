package io.entrepot.server.pull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import io.entrepot.server.access.Principal;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which tags somebody means who asks by digest: clients resolve a tag by HEAD and then get the digest. Known for ten minutes
 * after the tag was resolved, and used up by the pull that completes.
 */
final class FirstPulls {

    private static final Duration REMEMBERED = Duration.ofMinutes(10);
    private static final int ENTRIES = 100_000;

    /** A tag that means one digest seldom stands alone; this many names for one are enough. */
    private static final int MOST_TAGS = 16;

    private final Cache<Key, Set<String>> resolved;

    FirstPulls() {
        this(Ticker.systemTicker());
    }

    FirstPulls(Ticker ticker) {
        this.resolved = Caffeine.newBuilder()
                .maximumSize(ENTRIES)
                .expireAfterWrite(REMEMBERED)
                .ticker(ticker)
                .build();
    }

    private record Key(Principal who, Repository repository, Digest digest) {}

    /** Somebody was told, and allowed, what a tag means. */
    void resolved(Principal who, Repository repository, Tag tag, Digest digest) {
        resolved.asMap().compute(new Key(who, repository, digest), (key, known) -> {
            Set<String> names = known == null ? new TreeSet<>() : new TreeSet<>(known);
            if (names.size() < MOST_TAGS) {
                names.add(tag.name());
            }
            return Set.copyOf(names);
        });
    }

    /** Somebody got a manifest by its digest, whole: the tags by which they came to it, each told once. */
    Set<Tag> completed(Principal who, Repository repository, Digest digest) {
        Set<String> names = resolved.asMap().remove(new Key(who, repository, digest));
        return names == null ? Set.of() : names.stream().map(Tag::new).collect(Collectors.toUnmodifiableSet());
    }
}
