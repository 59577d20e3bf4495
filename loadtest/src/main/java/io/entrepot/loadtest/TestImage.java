package io.entrepot.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Platform;
import java.util.List;
import java.util.Map;

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

    /** An artifact that refers to a manifest, such as a signature, with one small blob. */
    public static TestImage referrer(Descriptor subject, String artifactType, Blob content) {
        Blob config =
                Blob.of(MediaType.parse("application/vnd.oci.empty.v1+json"), new Content.Bytes(new byte[] {'{', '}'}));
        ObjectNode manifest = Json.object()
                .put("schemaVersion", 2)
                .put("mediaType", MediaType.OCI_MANIFEST.value())
                .put("artifactType", artifactType);
        manifest.set("config", Json.descriptor(config.descriptor()));
        manifest.putArray("layers").add(Json.descriptor(content.descriptor()));
        manifest.set("subject", Json.descriptor(subject));
        Json.annotations(manifest, Map.of("org.opencontainers.image.created", "2026-01-02T03:04:05Z"));
        TestImage bare = raw(MediaType.OCI_MANIFEST, Json.bytes(manifest));
        return new TestImage(bare.descriptor, bare.manifest, bare.platform, List.of(config, content), List.of());
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
