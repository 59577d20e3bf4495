package io.entrepot.storage.disk;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.storage.BlobStore;
import io.entrepot.storage.BlobWriter;
import io.entrepot.storage.Lease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;

/** Content for tests, and the ways to put it into a store and take it out. */
final class Content {

    static final byte[] HELLO = utf8("hello, entrepot\n");
    static final Digest HELLO_DIGEST = Digest.of(HELLO);

    private Content() {}

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The same bytes for the same seed. */
    static byte[] random(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static Descriptor manifest(byte[] bytes) {
        return new Descriptor(MediaType.OCI_MANIFEST, Digest.of(bytes), bytes.length);
    }

    static Descriptor layer(byte[] bytes) {
        return new Descriptor(MediaType.OCTET_STREAM, Digest.of(bytes), bytes.length);
    }

    static Digest put(BlobStore store, byte[] bytes) throws IOException {
        return put(store, Digest.of(bytes), bytes);
    }

    static Digest put(BlobStore store, Digest digest, byte[] bytes) throws IOException {
        try (BlobWriter writer = store.create(digest, bytes.length)) {
            writer.append(ByteBuffer.wrap(bytes));
            if (!writer.verify()) {
                throw new AssertionError("bytes do not hash to " + digest);
            }
            writer.commit();
        }
        return digest;
    }

    /** The bytes held under a digest, without judging them. */
    static Optional<byte[]> get(BlobStore store, Digest digest) throws IOException {
        Optional<Lease> lease = store.open(digest);
        if (lease.isEmpty()) {
            return Optional.empty();
        }
        try (Lease held = lease.get()) {
            return Optional.of(read(held));
        }
    }

    static byte[] read(Lease lease) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) lease.size());
        while (bytes.hasRemaining() && lease.channel().read(bytes, bytes.position()) >= 0) {
            continue;
        }
        return bytes.array();
    }
}
