package io.entrepot.storage;

import io.entrepot.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A blob that is being written: one file that grows, of which anybody may read what is there.
 *
 * <p>Bytes from 0 on without a gap are the prefix; the prefix is hashed as it grows. Writes beyond the prefix are kept as
 * extents and join it when the gap before them closes. The file is forced in steps while it grows. One thread at a time
 * writes; {@link #prefix}, {@link #available} and {@link #channel} may be used by any thread.
 */
public interface BlobWriter extends AutoCloseable {

    Digest digest();

    /** The size in bytes that was reserved; writing more is an error. */
    long size();

    /** Appends to the prefix. @throws StoreFullException if the disk is full; what is there stays readable */
    void append(ByteBuffer bytes) throws IOException;

    /** Writes at a position that may lie beyond the prefix. Bytes already there are skipped, not written again. */
    void write(long position, ByteBuffer bytes) throws IOException;

    /** True if these bytes equal those at the position; what is not there yet counts as equal. */
    boolean agrees(long position, ByteBuffer bytes) throws IOException;

    /** The number of bytes from 0 on that are there and hashed. */
    long prefix();

    /** The number of bytes from this position on that are there without a gap. */
    long available(long position);

    /** The growing file, to be read by position; closed by {@link #close} alone. */
    FileChannel channel();

    /** True if every byte is there and the digest agrees. False is final: the bytes are wrong. */
    boolean verify();

    /**
     * Makes the blob visible: force, move, force the directory. Call after {@link #verify} was true.
     * If the digest is already held this is a success too.
     */
    void commit() throws IOException;

    /** Closes the file; without a commit it is deleted and the reservation returned. */
    @Override
    void close() throws IOException;
}
