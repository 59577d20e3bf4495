package io.entrepot.storage;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What tags meant: every digest that a tag had, with first and last seen. Every method may block. */
public interface TagStore {

    /** What is known of a tag. */
    Optional<TagRecord> find(Repository repository, Tag tag) throws IOException;

    /** Every tag known of a repository, by name. */
    List<TagRecord> list(Repository repository) throws IOException;

    /** Every tag of a repository that had this digest once, or has it now; by name. */
    List<TagRecord> under(Repository repository, Digest digest) throws IOException;

    /**
     * The upstream said that the tag means this manifest. Durable on return if it is news (a new tag, a new digest, a
     * return to an old one); a repetition is a stamp, written within 60 s.
     */
    TagRecord saw(Repository repository, Tag tag, Descriptor manifest, Instant now) throws IOException;

    /**
     * From then on the age of a digest counts under a tag, unless it does already. Written within 60 s: lost, it begins
     * again. The record that it led to; empty if the tag was never seen.
     */
    Optional<TagRecord> aged(Repository repository, Tag tag, Digest digest, Instant since) throws IOException;

    /**
     * Pins a tag to a digest that it had; durable on return. A proposal is taken if there is no pin yet, a promoted pin
     * always. The record that it led to, whichever pin it has then; empty if the tag was never seen.
     */
    Optional<TagRecord> pin(Repository repository, Tag tag, TagPin pin) throws IOException;

    /** A return of a tag is promoted; durable on return. The record that it led to; empty if the tag was never seen. */
    Optional<TagRecord> returned(Repository repository, Tag tag, TagFacts.Return accepted) throws IOException;

    /** Every repository of which something is known. */
    List<Repository> repositories() throws IOException;

    /** Forgets what a tag means now, because the upstream says that it is gone; its history is kept. */
    void gone(Repository repository, Tag tag, Instant now) throws IOException;
}
