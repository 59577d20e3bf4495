package io.entrepot.storage;

import io.entrepot.oci.Digest;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Blobs by digest. A blob is either absent or whole; there is no third state to observe. Every method may block. */
public interface BlobStore extends AutoCloseable {

    /** Opens a blob for reading and counts it as used; empty if it is not held (a missing file is a miss). */
    Optional<Lease> open(Digest digest) throws IOException;

    /** Opens a blob to look at it: as {@link #open}, but it does not count as used. */
    Optional<Lease> inspect(Digest digest) throws IOException;

    /** Counts a blob as used without opening it, for those who have its bytes in memory. Does not touch the disk. */
    void used(Digest digest);

    /** The size in bytes of a blob that is held, without opening it or counting it as used. */
    OptionalLong size(Digest digest) throws IOException;

    /**
     * Reserves {@code size} bytes, evicting if need be, and starts to write a blob.
     *
     * @throws StoreFullException if the blob is larger than the store may be, or no room can be made for it now
     */
    BlobWriter create(Digest digest, long size) throws IOException;

    /** As {@link #create}, but evicts nothing: without free room it throws. */
    BlobWriter createWithoutEvicting(Digest digest, long size) throws IOException;

    /** Records that the bytes behind this lease were hashed and are right: the lease's file is trusted from now on. */
    void verified(Lease lease) throws IOException;

    /** Moves what is held under this digest out of the way and reports it; the next {@link #open} is a miss. */
    void setAside(Digest digest, String why) throws IOException;

    /** Deletes a blob; readers that hold a lease finish. True if it was there. */
    boolean remove(Digest digest) throws IOException;

    /** What is held, in no order; to be closed. */
    Stream<Held> list() throws IOException;

    /** How full the store is, as far as is known now. */
    Usage usage();

    @Override
    void close() throws IOException;

    /** One blob in the store; times are epoch seconds, 0 if not known. */
    record Held(Digest digest, long size, long lastUsed, long lastVerified) {}

    /** Bytes and blobs held and reserved; {@code limit} is {@link Long#MAX_VALUE} where none is set. */
    record Usage(long blobs, long bytes, long reserved, long limit, long free, long evictions) {}
}
