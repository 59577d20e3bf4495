package io.entrepot.loadtest;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;

/** A blob of a test image: its descriptor and its bytes. */
public record Blob(Descriptor descriptor, Content content) {

    /** A blob of this type; reads the content once to learn its digest. */
    public static Blob of(MediaType type, Content content) {
        return new Blob(new Descriptor(type, content.digest(), content.size()), content);
    }

    /** Incompressible bytes that follow from a seed. */
    public static Blob seeded(long seed, long size) {
        return of(MediaType.OCTET_STREAM, new Content.Seeded(seed, size));
    }

    public Digest digest() {
        return descriptor.digest();
    }

    public long size() {
        return descriptor.size();
    }

    public byte[] bytes() {
        return content.bytes();
    }
}
