package io.entrepot.storage.disk;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.storage.ReferrersRecord;
import java.time.Instant;
import java.util.List;
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

    /** A blob belongs to the repository, named by nothing that we hold. */
    record LinkedBlob(Descriptor blob) implements JournalRecord {

        @Override
        public String words() {
            return "blob " + JournalRecord.words(blob);
        }

        @Override
        public boolean isNewsTo(RepositoryState state) {
            return state.find(blob.digest()).isEmpty();
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
