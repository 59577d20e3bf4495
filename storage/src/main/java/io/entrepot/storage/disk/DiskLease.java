package io.entrepot.storage.disk;

import io.entrepot.oci.Digest;
import io.entrepot.storage.Lease;
import io.entrepot.storage.disk.OpenFiles.OpenFile;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** One reader's share in an open file. */
final class DiskLease implements Lease {

    private final DiskBlobs blobs;
    private final OpenFile file;
    private final long size;
    private final long fingerprint;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** {@code fingerprint} is that of the file before anything was read through this lease. */
    DiskLease(DiskBlobs blobs, OpenFile file, StorageFs.Stat stat) {
        this.blobs = blobs;
        this.file = file;
        this.size = stat.size();
        this.fingerprint = stat.fingerprint();
    }

    @Override
    public Digest digest() {
        return file.digest;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public FileChannel channel() {
        return file.channel;
    }

    long fingerprint() {
        return fingerprint;
    }

    @Override
    public boolean trusted() {
        return blobs.isTrusted(this);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            blobs.release(file);
        }
    }
}
