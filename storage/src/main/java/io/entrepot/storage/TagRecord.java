package io.entrepot.storage;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tag's history, oldest first; the last entry is what it meant when it was last seen, unless it was {@code gone} then.
 *
 * <p>A tag that returns to a digest it had left has a second entry for it.
 */
public record TagRecord(Tag tag, List<Seen> history, boolean gone) {

    /** The tag meant this manifest from {@code first} to {@code last}, as far as we saw. */
    public record Seen(Descriptor manifest, Instant first, Instant last) {}

    public TagRecord {
        history = List.copyOf(history);
        if (history.isEmpty()) {
            throw new IllegalArgumentException("history of " + tag + " is empty (expected: at least one entry)");
        }
    }

    /** A tag that was seen for the first time. */
    public static TagRecord first(Tag tag, Descriptor manifest, Instant at) {
        return new TagRecord(tag, List.of(new Seen(manifest, at, at)), false);
    }

    /** The record once the tag was seen to mean this: a longer time for the same digest, or one more entry. */
    public TagRecord seen(Descriptor manifest, Instant at) {
        boolean same = !gone && latest().manifest().digest().equals(manifest.digest());
        List<Seen> longer = new ArrayList<>(same ? history.subList(0, history.size() - 1) : history);
        longer.add(new Seen(manifest, same ? latest().first() : at, at));
        return new TagRecord(tag, longer, false);
    }

    /** What the tag was last seen to mean. */
    public Seen latest() {
        return history.get(history.size() - 1);
    }

    /** What the tag was first seen to mean. */
    public Seen earliest() {
        return history.get(0);
    }

    /** The time at which the tag had left this digest, if it had it once and had another one since. */
    public Optional<Instant> left(Digest digest) {
        return history.subList(0, history.size() - 1).stream()
                .filter(seen -> seen.manifest().digest().equals(digest))
                .map(Seen::last)
                .findFirst();
    }
}
