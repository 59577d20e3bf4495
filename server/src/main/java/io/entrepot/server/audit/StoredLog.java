package io.entrepot.server.audit;

import io.entrepot.server.audit.query.Records;
import io.entrepot.server.audit.tlog.LogRecords;
import io.entrepot.server.audit.tlog.RecordSource;
import io.entrepot.server.audit.tlog.SealedStore;
import io.entrepot.server.audit.tlog.TlogFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A log as it lies in its directory, for whoever only reads it; another process may write it meanwhile. */
public final class StoredLog implements Records {

    private final SealedStore sealed;
    private final JournalSource journal;
    private final LogRecords records;

    private StoredLog(SealedStore sealed, JournalSource journal) {
        this.sealed = sealed;
        this.journal = journal;
        this.records = new LogRecords(sealed, journal);
    }

    /** Opens it to be read. @throws IOException if there is no log, or it cannot be read */
    public static StoredLog open(Path directory) throws IOException {
        LogLayout layout = new LogLayout(directory);
        if (!Files.isDirectory(layout.journal()) && !Files.isDirectory(layout.sealed())) {
            throw new NoSuchFileException(
                    directory.toString(), null, "no log is there (expected: that of a mirror that has run)");
        }
        SealedStore sealed = SealedStore.read(layout.sealed());
        return new StoredLog(sealed, JournalSource.in(layout, sealed.size()));
    }

    @Override
    public long first() {
        return records.first();
    }

    @Override
    public long end() {
        return records.size();
    }

    /** Volumes have an index; the journal is read from the beginning of a segment. */
    @Override
    public long sealed() {
        return sealed.size();
    }

    @Override
    public void read(long from, long to, Reader reader) throws IOException {
        records.read(from, to, reader::accept);
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }

    /** What is sealed, and its tree. */
    public SealedStore store() {
        return sealed;
    }

    /** All of it. */
    public RecordSource records() {
        return records;
    }

    /** The name that stands in its newest checkpoint; empty before the first. */
    public String origin() throws IOException {
        return files().newest().map(newest -> newest.head().origin()).orElse("");
    }

    /** It as plain files of C2SP tlog-tiles, up to its newest checkpoint. */
    public TlogFiles files() throws IOException {
        return TlogFiles.open(sealed, journal);
    }
}
