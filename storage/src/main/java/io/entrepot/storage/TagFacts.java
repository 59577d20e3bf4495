package io.entrepot.storage;

import io.entrepot.oci.Digest;
import io.entrepot.storage.TagRecord.Seen;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was decided here about the digests of a tag, beside what the upstream said.
 *
 * @param ages since when the age of a digest counts, by trusted time
 * @param pin what a first pull left
 * @param returns to which digests the tag may return, each for one time
 */
public record TagFacts(Map<Digest, Instant> ages, Optional<TagPin> pin, Set<Return> returns) {

    public static final TagFacts NONE = new TagFacts(Map.of(), Optional.empty(), Set.of());

    /** One return of a tag to a digest: that which was first seen then. */
    public record Return(Digest digest, Instant seen) {

        static Return of(Seen seen) {
            return new Return(seen.manifest().digest(), seen.first());
        }
    }

    public TagFacts {
        ages = Map.copyOf(ages);
        returns = Set.copyOf(returns);
    }

    /** An age that counts already goes on. */
    public TagFacts aged(Digest digest, Instant since) {
        Map<Digest, Instant> more = new HashMap<>(ages);
        more.putIfAbsent(digest, since);
        return new TagFacts(more, pin, returns);
    }

    public TagFacts pinned(TagPin other) {
        return new TagFacts(ages, Optional.of(other), returns);
    }

    public TagFacts returned(Return accepted) {
        Set<Return> more = new HashSet<>(returns);
        more.add(accepted);
        return new TagFacts(ages, pin, more);
    }
}
