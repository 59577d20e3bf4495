package io.entrepot.server.content;

import io.entrepot.oci.Digest;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.BlobWriter;
import io.entrepot.storage.Lease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Content of the store that is small enough to be in memory whole, such as manifests. Every method may block. */
record WholeBlobs(BlobStore blobs) {

    /** Keeps these bytes, durably; false if they are not what their digest says. */
    boolean write(Digest digest, byte[] bytes) throws IOException {
        if (blobs.size(digest).isPresent()) {
            // who writes it will name it: until then nobody may take it for something that is not needed
            blobs.used(digest);
            return true;
        }
        try (BlobWriter writer = blobs.create(digest, bytes.length)) {
            writer.append(ByteBuffer.wrap(bytes));
            boolean right = writer.verify();
            if (right) {
                writer.commit();
            }
            return right;
        }
    }

    /** The bytes, hashed; empty if they are not held, not right, or more than so many. */
    Optional<byte[]> read(Digest digest, int most) throws IOException {
        Optional<Lease> open = blobs.open(digest);
        if (open.isEmpty()) {
            return Optional.empty();
        }
        try (Lease lease = open.get()) {
            return lease.size() > most ? Optional.empty() : read(digest, lease);
        }
    }

    private Optional<byte[]> read(Digest digest, Lease lease) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(lease.size())];
        readFully(lease, ByteBuffer.wrap(bytes));
        if (!digest.matches(bytes)) {
            blobs.setAside(digest, "content hashes to " + Digest.of(bytes));
            return Optional.empty();
        }
        if (!lease.trusted()) {
            blobs.verified(lease);
        }
        return Optional.of(bytes);
    }

    private static void readFully(Lease lease, ByteBuffer into) throws IOException {
        while (into.hasRemaining() && lease.channel().read(into, into.position()) >= 0) {
            // a short read goes on where it ended; a file that is shorter than it was fails its digest
        }
    }
}
