package io.entrepot.server.content;

import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.storage.TagPin;
import io.entrepot.storage.TagRecord;
import java.time.Instant;
import java.util.Optional;

/**
 * A tag of a repository under which a digest is on record.
 *
 * @param since when its clock began, by trusted time; empty: it has not
 * @param first whether it is the digest that the tag was first seen with
 * @param pinned whether a first pull pinned the tag to this digest, and somebody promoted that
 * @param proposed whether a first pull pinned the tag to this digest, and nobody promoted that; policy says whether it holds
 */
public record TagSighting(Tag tag, Optional<Instant> since, boolean first, boolean pinned, boolean proposed) {

    /** A tag of which no record is kept. */
    static TagSighting unrecorded(Tag tag) {
        return new TagSighting(tag, Optional.empty(), false, false, false);
    }

    /** How a digest stands under a tag with this record. */
    static TagSighting of(TagRecord record, Digest digest) {
        Optional<TagPin> pin =
                record.facts().pin().filter(known -> known.digest().equals(digest));
        return new TagSighting(
                record.tag(),
                record.since(digest),
                record.earliest().manifest().digest().equals(digest),
                pin.filter(TagPin::promoted).isPresent(),
                pin.filter(known -> !known.promoted()).isPresent());
    }
}
