package io.entrepot.storage.disk;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.storage.ReferrersRecord;
import io.entrepot.storage.TagFacts;
import io.entrepot.storage.TagPin;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One line of a journal: something that became true of a repository. */
sealed interface JournalRecord {

    /** The words of the line, as {@link JournalLine} describes them. */
    String words();

    /** True if the state does not say this yet, except for the time. */
    boolean isNewsTo(RepositoryState state);

    void applyTo(RepositoryState state);

    /** The content that the repository needs for this. */
    List<Digest> named();

    /** True if it need not be on the disk before somebody is told: lost, it is made anew. */
    default boolean mayWait() {
        return false;
    }

    /** A tag meant a manifest from then on. */
    record Saw(Tag tag, Descriptor manifest, Instant at) implements JournalRecord {

        @Override
        public String words() {
            return "saw " + tag + " " + JournalRecord.words(manifest) + " " + at;
        }

        @Override
        public boolean isNewsTo(RepositoryState state) {
            return state.tag(tag)
                    .filter(known -> !known.gone() && known.latest().manifest().equals(manifest))
                    .isEmpty();
        }

        @Override
        public void applyTo(RepositoryState state) {
            state.saw(tag, manifest, at);
        }

        @Override
        public List<Digest> named() {
            return List.of(manifest.digest());
        }
    }

    /** A tag meant then what it had meant before. */
    record Still(Tag tag, Instant at) implements JournalRecord {

        @Override
        public String words() {
            return "still " + tag + " " + at;
        }

        @Override
        public boolean isNewsTo(RepositoryState state) {
            return false;
        }

        @Override
        public void applyTo(RepositoryState state) {
            state.still(tag, at);
        }

        @Override
        public List<Digest> named() {
            return List.of();
        }
    }

    /** A tag meant nothing any more. */
    record Gone(Tag tag, Instant at) implements JournalRecord {

        @Override
        public String words() {
            return "gone " + tag + " " + at;
        }

        @Override
        public boolean isNewsTo(RepositoryState state) {
            return state.tag(tag).filter(known -> !known.gone()).isPresent();
        }

        @Override
        public void applyTo(RepositoryState state) {
            state.gone(tag, at);
        }

        @Override
        public List<Digest> named() {
            return List.of();
        }
    }

    /** The age of a digest counts under a tag from then on. */
    record Aged(Tag tag, Digest digest, Instant since) implements JournalRecord {

        @Override
        public String words() {
            return "age " + tag + " " + digest + " " + since;
        }

        @Override
        public boolean isNewsTo(RepositoryState state) {
            return state.tag(tag).filter(known -> known.since(digest).isEmpty()).isPresent();
        }

        @Override
        public void applyTo(RepositoryState state) {
            state.change(tag, facts -> facts.aged(digest, since));
        }

        @Override
        public List<Digest> named() {
            return List.of();
        }

        @Override
        public boolean mayWait() {
            return true;
        }
    }

    /** A tag was pinned to a digest that it had. */
    record Pinned(Tag tag, TagPin pin) implements JournalRecord {

        @Override
        public String words() {
            String kind = pin.promoted() ? "promoted" : "proposed";
            return "pin " + tag + " " + pin.digest() + " " + pin.at() + " " + kind + " by="
                    + URLEncoder.encode(pin.by(), StandardCharsets.UTF_8);
        }

        @Override
        public boolean isNewsTo(RepositoryState state) {
            return state.tag(tag)
                    .filter(known -> known.find(pin.digest()).isPresent())
                    .filter(known -> mayFollow(known.facts().pin()))
                    .isPresent();
        }

        private boolean mayFollow(Optional<TagPin> before) {
            return before.isEmpty()
                    || (pin.promoted()
                            && !(before.get().promoted()
                                    && before.get().digest().equals(pin.digest())));
        }

        @Override
        public void applyTo(RepositoryState state) {
            state.change(tag, facts -> facts.pinned(pin));
        }

        /** Whatever else becomes of it, it is what clients get. */
        @Override
        public List<Digest> named() {
            return List.of(pin.digest());
        }
    }

    /** A return of a tag to a digest that it had left was promoted. */
    record Returned(Tag tag, TagFacts.Return accepted) implements JournalRecord {

        @Override
        public String words() {
            return "return " + tag + " " + accepted.digest() + " " + accepted.seen();
        }

        @Override
        public boolean isNewsTo(RepositoryState state) {
            return state.tag(tag)
                    .filter(known -> !known.facts().returns().contains(accepted))
                    .isPresent();
        }

        @Override
        public void applyTo(RepositoryState state) {
            state.change(tag, facts -> facts.returned(accepted));
        }

        @Override
        public List<Digest> named() {
            return List.of();
        }
    }

    /** A manifest belongs to the repository, and what it names. */
    record Linked(Descriptor manifest, List<Descriptor> children) implements JournalRecord {

        public Linked {
            children = List.copyOf(children);
        }

        @Override
        public String words() {
            StringBuilder words = new StringBuilder("link ").append(JournalRecord.words(manifest));
            children.forEach(child -> words.append(' ').append(JournalRecord.words(child)));
            return words.toString();
        }

        @Override
        public boolean isNewsTo(RepositoryState state) {
            return !state.isLinked(this);
        }

        @Override
        public void applyTo(RepositoryState state) {
            state.link(this);
        }

        @Override
        public List<Digest> named() {
            return Stream.concat(Stream.of(manifest), children.stream())
                    .map(Descriptor::digest)
                    .toList();
        }
    }

    /** Content belongs to the repository, whether a manifest that we hold names it or not: its upstream serves it there. */
    record LinkedBlob(Descriptor blob) implements JournalRecord {

        @Override
        public String words() {
            return "blob " + JournalRecord.words(blob);
        }

        @Override
        public boolean isNewsTo(RepositoryState state) {
            return !state.cameBy(blob.digest());
        }

        @Override
        public void applyTo(RepositoryState state) {
            state.link(blob);
        }

        @Override
        public List<Digest> named() {
            return List.of(blob.digest());
        }
    }

    /** A manifest's referrers were listed by an index from then on. */
    record Referred(Digest subject, ReferrersRecord list) implements JournalRecord {

        @Override
        public String words() {
            return "referrers " + subject + " " + JournalRecord.words(list.index()) + " " + list.since();
        }

        @Override
        public boolean isNewsTo(RepositoryState state) {
            return state.referrers(subject)
                    .filter(known -> known.index().equals(list.index()))
                    .isEmpty();
        }

        @Override
        public void applyTo(RepositoryState state) {
            state.referrers(subject, list);
        }

        @Override
        public List<Digest> named() {
            return List.of(list.index().digest());
        }
    }

    private static String words(Descriptor content) {
        return content.mediaType() + " " + content.digest() + " " + content.size();
    }
}
