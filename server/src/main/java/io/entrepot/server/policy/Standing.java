package io.entrepot.server.policy;

import io.entrepot.oci.Reference.Tag;
import java.time.Instant;
import java.util.Optional;

/**
 * A tag under which content is on record in its repository, by its own digest or by that of an index above it.
 *
 * @param since when this mirror first saw that digest under the tag, by trusted time; empty if that does not count here:
 *     the clock has not begun, or the index above is not admitted now
 * @param pinned whether the tag's pin is that digest
 * @param first whether it is the digest that the tag was first seen with
 */
public record Standing(Tag tag, Optional<Instant> since, boolean pinned, boolean first) {

    /** On record, and nothing more: what is asked of a tag is not met by it. */
    public static Standing bare(Tag tag) {
        return new Standing(tag, Optional.empty(), false, false);
    }
}
