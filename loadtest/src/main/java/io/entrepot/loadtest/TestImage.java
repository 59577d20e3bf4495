package io.entrepot.loadtest;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Platform;
import java.util.List;

/** An image, artifact or index to be pushed to a {@link FakeRegistry}: its manifest, its blobs, its children. */
public record TestImage(
        Descriptor descriptor, byte[] manifest, Platform platform, List<Blob> blobs, List<TestImage> children) {

    public TestImage {
        blobs = List.copyOf(blobs);
        children = List.copyOf(children);
    }

    /** Any bytes under any media type, valid or not. */
    public static TestImage raw(MediaType type, byte[] manifest) {
        return new TestImage(
                new Descriptor(type, Digest.of(manifest), manifest.length),
                manifest,
                Platform.UNSPECIFIED,
                List.of(),
                List.of());
    }

    public Digest digest() {
        return descriptor.digest();
    }

    public MediaType mediaType() {
        return descriptor.mediaType();
    }

    /** The config blob. @throws IndexOutOfBoundsException on an index */
    public Blob config() {
        return blobs.get(0);
    }

    /** The layers that the registry holds, in the manifest's order. */
    public List<Blob> layers() {
        return blobs.subList(Math.min(1, blobs.size()), blobs.size());
    }

    /** The layer at this index. */
    public Blob layer(int index) {
        return layers().get(index);
    }

    /** The child at this index of an index. */
    public TestImage child(int index) {
        return children.get(index);
    }
}
