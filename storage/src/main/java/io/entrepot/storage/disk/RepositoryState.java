package io.entrepot.storage.disk;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.storage.ReferrersRecord;
import io.entrepot.storage.TagFacts;
import io.entrepot.storage.TagRecord;
import io.entrepot.storage.TagRecord.Seen;
import io.entrepot.storage.disk.JournalRecord.Aged;
import io.entrepot.storage.disk.JournalRecord.Gone;
import io.entrepot.storage.disk.JournalRecord.Linked;
import io.entrepot.storage.disk.JournalRecord.LinkedBlob;
import io.entrepot.storage.disk.JournalRecord.Pinned;
import io.entrepot.storage.disk.JournalRecord.Referred;
import io.entrepot.storage.disk.JournalRecord.Returned;
import io.entrepot.storage.disk.JournalRecord.Saw;
import io.entrepot.storage.disk.JournalRecord.Still;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** What a repository's journal adds up to. Not safe for use by several threads. */
final class RepositoryState {

    private final Map<String, TagRecord> tags = new TreeMap<>();
    private final Map<String, Instant> gone = new HashMap<>();
    private final Map<Digest, Linked> manifests = new LinkedHashMap<>();
    private final Map<Digest, Descriptor> children = new HashMap<>();
    private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
    private final Map<Digest, ReferrersRecord> referrers = new HashMap<>();

    /** The names of the tags that have a digest in their history. */
    private final Map<Digest, Set<String>> tagged = new HashMap<>();

    /** The linked manifests that name a digest; lists of one mostly. */
    private final Map<Digest, List<Descriptor>> parents = new HashMap<>();

    Optional<TagRecord> tag(Tag tag) {
        return Optional.ofNullable(tags.get(tag.name()));
    }

    List<TagRecord> tags() {
        return List.copyOf(tags.values());
    }

    /** The tags whose history has this digest. */
    List<TagRecord> under(Digest digest) {
        return tagged.getOrDefault(digest, Set.of()).stream().map(tags::get).toList();
    }

    /** The linked manifests that name this content. */
    List<Descriptor> naming(Digest digest) {
        return List.copyOf(parents.getOrDefault(digest, List.of()));
    }

    List<Descriptor> manifests() {
        return manifests.values().stream().map(Linked::manifest).toList();
    }

    /** Manifests that others name and that are not linked themselves, so that what they name is not known here. */
    List<Descriptor> unlinked() {
        return children.values().stream()
                .filter(child -> child.mediaType().isManifest() && !manifests.containsKey(child.digest()))
                .toList();
    }

    /** A manifest's own descriptor says more than one that names it, and either more than that of a lone blob. */
    Optional<Descriptor> find(Digest digest) {
        Linked own = manifests.get(digest);
        if (own != null) {
            return Optional.of(own.manifest());
        }
        return Optional.ofNullable(children.get(digest)).or(() -> Optional.ofNullable(blobs.get(digest)));
    }

    /** What a linked manifest names need not be in the repository: whoever wrote it says so. */
    boolean cameBy(Digest digest) {
        return manifests.containsKey(digest) || blobs.containsKey(digest);
    }

    boolean isLinked(Linked link) {
        return link.equals(manifests.get(link.manifest().digest()));
    }

    void saw(Tag tag, Descriptor manifest, Instant at) {
        TagRecord known = tags.get(tag.name());
        tags.put(tag.name(), known == null ? TagRecord.first(tag, manifest, at) : known.seen(manifest, at));
        tagged.computeIfAbsent(manifest.digest(), digest -> new TreeSet<>()).add(tag.name());
        gone.remove(tag.name());
    }

    private static boolean isSame(Seen seen, Descriptor manifest) {
        return seen.manifest().digest().equals(manifest.digest());
    }

    void still(Tag tag, Instant at) {
        tag(tag).ifPresent(known -> tags.put(tag.name(), seenAt(known, at)));
    }

    private static TagRecord seenAt(TagRecord known, Instant at) {
        List<Seen> history = new ArrayList<>(known.history());
        history.set(
                history.size() - 1,
                new Seen(known.latest().manifest(), known.latest().first(), at));
        return new TagRecord(known.tag(), history, known.gone(), known.facts());
    }

    /** Nothing is decided about a tag that was never seen. */
    void change(Tag tag, UnaryOperator<TagFacts> change) {
        tag(tag).ifPresent(known -> tags.put(tag.name(), known.with(change.apply(known.facts()))));
    }

    void gone(Tag tag, Instant at) {
        tag(tag).ifPresent(known -> {
            tags.put(tag.name(), new TagRecord(tag, known.history(), true, known.facts()));
            gone.put(tag.name(), at);
        });
    }

    void link(Linked link) {
        Linked before = manifests.put(link.manifest().digest(), link);
        if (before != null) {
            before.children().forEach(child -> parents(child).remove(before.manifest()));
        }
        for (Descriptor child : link.children()) {
            children.putIfAbsent(child.digest(), child);
            List<Descriptor> naming = parents(child);
            if (naming.isEmpty() || !naming.get(naming.size() - 1).equals(link.manifest())) {
                naming.add(link.manifest());
            }
        }
    }

    private List<Descriptor> parents(Descriptor child) {
        return parents.computeIfAbsent(child.digest(), digest -> new ArrayList<>(1));
    }

    void link(Descriptor blob) {
        blobs.putIfAbsent(blob.digest(), blob);
    }

    Optional<ReferrersRecord> referrers(Digest subject) {
        return Optional.ofNullable(referrers.get(subject));
    }

    void referrers(Digest subject, ReferrersRecord list) {
        referrers.put(subject, list);
    }

    /** The fewest records that add up to this state. */
    List<JournalRecord> records() {
        List<JournalRecord> records = new ArrayList<>(manifests.values());
        blobs.values().forEach(blob -> records.add(new LinkedBlob(blob)));
        referrers.forEach((subject, list) -> records.add(new Referred(subject, list)));
        tags.values().forEach(tag -> addRecords(tag, records));
        return records;
    }

    /** The content that this state needs. */
    Set<Digest> named() {
        Set<Digest> named = new HashSet<>();
        records().forEach(record -> named.addAll(record.named()));
        return named;
    }

    private void addRecords(TagRecord record, List<JournalRecord> records) {
        Optional<Seen> before = Optional.empty();
        for (Seen seen : record.history()) {
            before.filter(left -> isSame(left, seen.manifest()))
                    .ifPresent(left -> records.add(new Gone(record.tag(), left.last())));
            addRecords(record.tag(), seen, records);
            before = Optional.of(seen);
        }
        Instant left = gone.get(record.tag().name());
        if (left != null) {
            records.add(new Gone(record.tag(), left));
        }
        TagFacts facts = record.facts();
        facts.ages().forEach((digest, since) -> records.add(new Aged(record.tag(), digest, since)));
        facts.pin().ifPresent(pin -> records.add(new Pinned(record.tag(), pin)));
        facts.returns().forEach(accepted -> records.add(new Returned(record.tag(), accepted)));
    }

    private static void addRecords(Tag tag, Seen seen, List<JournalRecord> records) {
        records.add(new Saw(tag, seen.manifest(), seen.first()));
        if (!seen.last().equals(seen.first())) {
            records.add(new Still(tag, seen.last()));
        }
    }
}
