package io.entrepot.server.policy;

import io.entrepot.oci.Digest;
import java.util.Optional;
import java.util.function.Predicate;

/** What is known of a question when a rule is held against it. */
sealed interface Facts {

    Asker asker();

    /** Whether it may be about any tag. */
    boolean isAnyTag();

    /** The tag that it is about; empty: about none, or it is not known which. */
    String tagName();

    /** Whether the tag is one of those. */
    Fit tag(MeantTags tags);

    /** Whether the manifest is one of those. */
    Fit digest(DigestSet digests);

    /** Whether the content is such. */
    Fit content(Field field, Predicate<Subject> such);

    /** The repository alone. */
    record Anything(Asker asker) implements Facts {
        @Override
        public boolean isAnyTag() {
            return true;
        }

        @Override
        public String tagName() {
            return "";
        }

        @Override
        public Fit tag(MeantTags tags) {
            return Field.TAGS.open();
        }

        @Override
        public Fit digest(DigestSet digests) {
            return Field.DIGESTS.open();
        }

        @Override
        public Fit content(Field field, Predicate<Subject> such) {
            return field.open();
        }
    }

    /** A tag, whatever it means. */
    record ByTag(Asker asker, TagName tag) implements Facts {
        @Override
        public boolean isAnyTag() {
            return false;
        }

        @Override
        public String tagName() {
            return tag.text();
        }

        @Override
        public Fit tag(MeantTags tags) {
            return Field.TAGS.fits(tags.matches(tag));
        }

        @Override
        public Fit digest(DigestSet digests) {
            return Field.DIGESTS.open();
        }

        @Override
        public Fit content(Field field, Predicate<Subject> such) {
            return field.open();
        }
    }

    /** The digest of a manifest, whatever it stands under. */
    record ByDigest(Asker asker, Digest digest) implements Facts {
        @Override
        public boolean isAnyTag() {
            return true;
        }

        @Override
        public String tagName() {
            return "";
        }

        @Override
        public Fit tag(MeantTags tags) {
            return Field.TAGS.open();
        }

        @Override
        public Fit digest(DigestSet digests) {
            return digests.fit(digest);
        }

        @Override
        public Fit content(Field field, Predicate<Subject> such) {
            return field.open();
        }
    }

    /** Content, under one tag or under none. */
    record Whole(Asker asker, Subject subject, Optional<TagName> tag) implements Facts {
        @Override
        public boolean isAnyTag() {
            return false;
        }

        @Override
        public String tagName() {
            return tag.map(TagName::text).orElse("");
        }

        @Override
        public Fit tag(MeantTags tags) {
            return Field.TAGS.fits(tag.filter(tags::matches).isPresent());
        }

        @Override
        public Fit digest(DigestSet digests) {
            return Field.DIGESTS.fits(digests.find(subject.manifest()).isPresent());
        }

        @Override
        public Fit content(Field field, Predicate<Subject> such) {
            return field.fits(such.test(subject));
        }
    }
}
