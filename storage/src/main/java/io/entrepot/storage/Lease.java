package io.entrepot.storage;

import io.entrepot.oci.Digest;
import java.nio.channels.FileChannel;

/** A blob that is open for reading: as long as the lease is held it is not evicted and its bytes stay readable. */
public interface Lease extends AutoCloseable {

    Digest digest();

    /** Size in bytes. */
    long size();

    /**
     * The open file; shared between leases, so it is read by position only, and closed by {@link #close} alone.
     */
    FileChannel channel();

    /**
     * True if inode, size, mtime and ctime were, when this was leased, those of the last verification. If not, the bytes
     * must be hashed before the end of them is given to anybody. Does not touch the disk.
     */
    boolean trusted();

    /** Gives the lease back; the second call does nothing. */
    @Override
    void close();
}
