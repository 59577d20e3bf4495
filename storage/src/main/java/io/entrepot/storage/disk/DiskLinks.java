package io.entrepot.storage.disk;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.Repository;
import io.entrepot.storage.Links;
import io.entrepot.storage.ReferrersRecord;
import io.entrepot.storage.disk.JournalRecord.Linked;
import io.entrepot.storage.disk.JournalRecord.LinkedBlob;
import io.entrepot.storage.disk.JournalRecord.Referred;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Links, in the journals of their repositories. */
record DiskLinks(Journals journals) implements Links {

    @Override
    public Optional<Descriptor> find(Repository repository, Digest digest) throws IOException {
        return journals.with(repository, journal -> journal.read(state -> state.find(digest)));
    }

    @Override
    public void link(Repository repository, Descriptor manifest, List<Descriptor> children) throws IOException {
        write(repository, new Linked(manifest, children));
        journals.manifest(manifest.digest());
    }

    @Override
    public void link(Repository repository, Descriptor blob) throws IOException {
        write(repository, new LinkedBlob(blob));
    }

    @Override
    public boolean cameBy(Repository repository, Digest digest) throws IOException {
        return journals.with(repository, journal -> journal.read(state -> state.cameBy(digest)));
    }

    @Override
    public Optional<ReferrersRecord> referrers(Repository repository, Digest subject) throws IOException {
        return journals.with(repository, journal -> journal.read(state -> state.referrers(subject)));
    }

    @Override
    public void referrers(Repository repository, Digest subject, ReferrersRecord list) throws IOException {
        write(repository, new Referred(subject, list));
        journals.manifest(list.index().digest());
    }

    private void write(Repository repository, JournalRecord record) throws IOException {
        journals.write(repository, record, state -> true);
    }

    @Override
    public List<Descriptor> manifests(Repository repository) throws IOException {
        return journals.with(repository, journal -> journal.read(RepositoryState::manifests));
    }

    @Override
    public List<Descriptor> naming(Repository repository, Digest digest) throws IOException {
        return journals.with(repository, journal -> journal.read(state -> state.naming(digest)));
    }

    @Override
    public List<Descriptor> unlinked(Repository repository) throws IOException {
        return journals.with(repository, journal -> journal.read(RepositoryState::unlinked));
    }
}
