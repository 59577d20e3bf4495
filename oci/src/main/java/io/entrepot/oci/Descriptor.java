package io.entrepot.oci;

/** What a manifest says of content: its type, its digest, its size in bytes (image-spec, descriptor.md). */
public record Descriptor(MediaType mediaType, Digest digest, long size) {

    public Descriptor {
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size + " (expected: >= 0)");
        }
    }
}
