package io.entrepot.server.content;

import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.oci.Digest;
import io.entrepot.server.content.TagRule.Pinned;
import io.entrepot.storage.TagRecord;
import java.time.Instant;

/** What a tag would be answered with by its record alone, for a person who asks; nobody else is asked, nothing is changed. */
public record TagMeaning(Digest digest, TagSighting sighting) {

    /** What it would mean with this record, under this rule; {@code now} by trusted time. */
    public static TagMeaning of(TagRecord record, TagPattern pattern, TagRule rule, Instant now) {
        Digest digest = rule instanceof Pinned pinned
                ? pinned.digest()
                : TagChoice.of(record, pattern, rule, now).manifest().digest();
        return new TagMeaning(digest, TagSighting.of(record, digest));
    }
}
