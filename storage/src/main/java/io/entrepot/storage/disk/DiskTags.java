package io.entrepot.storage.disk;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Repository;
import io.entrepot.storage.TagFacts;
import io.entrepot.storage.TagPin;
import io.entrepot.storage.TagRecord;
import io.entrepot.storage.TagStore;
import io.entrepot.storage.disk.JournalRecord.Aged;
import io.entrepot.storage.disk.JournalRecord.Gone;
import io.entrepot.storage.disk.JournalRecord.Pinned;
import io.entrepot.storage.disk.JournalRecord.Returned;
import io.entrepot.storage.disk.JournalRecord.Saw;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tags, in the journals of their repositories. */
record DiskTags(Journals journals) implements TagStore {

    @Override
    public Optional<TagRecord> find(Repository repository, Tag tag) throws IOException {
        return journals.with(repository, journal -> journal.read(state -> state.tag(tag)));
    }

    @Override
    public List<TagRecord> list(Repository repository) throws IOException {
        return journals.with(repository, journal -> journal.read(RepositoryState::tags));
    }

    @Override
    public List<TagRecord> under(Repository repository, Digest digest) throws IOException {
        return journals.with(repository, journal -> journal.read(state -> state.under(digest)));
    }

    @Override
    public TagRecord saw(Repository repository, Tag tag, Descriptor manifest, Instant now) throws IOException {
        Saw saw = new Saw(tag, manifest, now);
        return journals.write(repository, saw, state -> state.tag(tag)).orElseThrow();
    }

    @Override
    public Optional<TagRecord> aged(Repository repository, Tag tag, Digest digest, Instant since) throws IOException {
        return journals.write(repository, new Aged(tag, digest, since), state -> state.tag(tag));
    }

    @Override
    public Optional<TagRecord> pin(Repository repository, Tag tag, TagPin pin) throws IOException {
        return journals.write(repository, new Pinned(tag, pin), state -> state.tag(tag));
    }

    @Override
    public Optional<TagRecord> returned(Repository repository, Tag tag, TagFacts.Return accepted) throws IOException {
        return journals.write(repository, new Returned(tag, accepted), state -> state.tag(tag));
    }

    @Override
    public List<Repository> repositories() throws IOException {
        return journals.repositories();
    }

    @Override
    public void gone(Repository repository, Tag tag, Instant now) throws IOException {
        Gone gone = new Gone(tag, now);
        journals.write(repository, gone, state -> state.tag(tag));
    }
}
