package io.entrepot.server.content;

import io.entrepot.oci.Digest;
import io.entrepot.storage.TagPin;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** How a tag may be resolved; policy says it, content obeys it. */
public sealed interface TagRule {

    /** As the upstream says, within the tag's freshness. */
    record Free() implements TagRule {}

    /** Always this digest; whether the upstream still says so is looked at no more often than the tag's freshness. */
    record Pinned(Digest digest) implements TagRule {}

    /**
     * What the upstream says, once it has settled. In this order: the pin that a first pull left, the first digest, the newest
     * that is old enough. Where there is none that satisfies, the newest all the same: policy refuses it then.
     *
     * @param firstSeenPin a pin that a first pull left holds
     * @param unconfirmed also one that nobody has promoted
     * @param keepFirst the digest that the tag was first seen with holds
     * @param noReturn what the tag had left is no news when the upstream returns to it
     * @param minAge since the digest was first seen under the tag; zero: any
     * @param oldUntil what was first seen before this is old enough
     * @param oldEnough digests that count as old
     */
    record Settled(
            boolean firstSeenPin,
            boolean unconfirmed,
            boolean keepFirst,
            boolean noReturn,
            Duration minAge,
            Instant oldUntil,
            Set<Digest> oldEnough)
            implements TagRule {
        public Settled {
            oldEnough = Set.copyOf(oldEnough);
        }

        /** Whether a pin that a first pull left holds. */
        public boolean holds(TagPin pin) {
            return firstSeenPin && (pin.promoted() || unconfirmed);
        }

        /** Whether a digest first seen then is old enough now; both by trusted time. */
        public boolean isOldEnough(Digest digest, Instant since, Instant now) {
            return oldEnough.contains(digest)
                    || since.isBefore(oldUntil)
                    || !since.plus(minAge).isAfter(now);
        }
    }

    TagRule FREE = new Free();
}
