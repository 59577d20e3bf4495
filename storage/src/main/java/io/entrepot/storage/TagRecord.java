package io.entrepot.storage;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.storage.TagFacts.Return;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A tag's history, oldest first; the last entry is what it meant when it was last seen, unless it was {@code gone} then.
 *
 * <p>A tag that returns to a digest it had left has a second entry for it.
 */
public record TagRecord(Tag tag, List<Seen> history, boolean gone, TagFacts facts) {

    /** The tag meant this manifest from {@code first} to {@code last}, as far as we saw. */
    public record Seen(Descriptor manifest, Instant first, Instant last) {}

    public TagRecord {
        history = List.copyOf(history);
        if (history.isEmpty()) {
            throw new IllegalArgumentException("history of " + tag + " is empty (expected: at least one entry)");
        }
    }

    /** A history about which nothing was decided. */
    public TagRecord(Tag tag, List<Seen> history, boolean gone) {
        this(tag, history, gone, TagFacts.NONE);
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
        return new TagRecord(tag, longer, false, facts);
    }

    public TagRecord with(TagFacts other) {
        return new TagRecord(tag, history, gone, other);
    }

    /** What the tag was last seen to mean. */
    public Seen latest() {
        return history.get(history.size() - 1);
    }

    /** What the tag was first seen to mean. */
    public Seen earliest() {
        return history.get(0);
    }

    /** The last time at which the tag meant this digest. */
    public Optional<Seen> find(Digest digest) {
        for (int i = history.size() - 1; i >= 0; i--) {
            if (history.get(i).manifest().digest().equals(digest)) {
                return Optional.of(history.get(i));
            }
        }
        return Optional.empty();
    }

    /** Since when the age of a digest counts; empty if it does not. */
    public Optional<Instant> since(Digest digest) {
        return Optional.ofNullable(facts.ages().get(digest));
    }

    /** The time at which the tag had left this digest, if it had it once and had another one since. */
    public Optional<Instant> left(Digest digest) {
        return history.subList(0, history.size() - 1).stream()
                .filter(seen -> seen.manifest().digest().equals(digest))
                .map(Seen::last)
                .findFirst();
    }

    /** The history without the returns to digests that the tag had left, except those that were promoted; not empty. */
    public List<Seen> forward() {
        List<Seen> forward = new ArrayList<>();
        Set<Digest> had = new HashSet<>();
        Optional<Digest> before = Optional.empty();
        boolean taken = true;
        for (Seen seen : history) {
            Digest digest = seen.manifest().digest();
            boolean stays = before.filter(digest::equals).isPresent();
            taken = (stays ? taken : !had.contains(digest)) || facts.returns().contains(Return.of(seen));
            if (taken) {
                forward.add(seen);
            }
            had.add(digest);
            before = Optional.of(digest);
        }
        return forward;
    }

    /** The return by which the tag came to mean what it does now, if nobody promoted it. */
    public Optional<Return> openReturn() {
        List<Seen> forward = forward();
        return forward.get(forward.size() - 1).equals(latest()) ? Optional.empty() : Optional.of(Return.of(latest()));
    }
}
