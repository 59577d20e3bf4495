package io.entrepot.loadtest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Platform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds images that follow from a seed: same calls, same bytes, same digests. */
public final class ImageBuilder {

    private static final MediaType OCI_CONFIG = new MediaType("application/vnd.oci.image.config.v1+json");
    private static final MediaType OCI_LAYER = new MediaType("application/vnd.oci.image.layer.v1.tar+gzip");
    private static final MediaType OCI_EMPTY = new MediaType("application/vnd.oci.empty.v1+json");
    private static final MediaType OCI_FOREIGN =
            new MediaType("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
    private static final MediaType DOCKER_CONFIG = new MediaType("application/vnd.docker.container.image.v1+json");
    private static final MediaType DOCKER_LAYER = new MediaType("application/vnd.docker.image.rootfs.diff.tar.gzip");
    private static final MediaType DOCKER_FOREIGN =
            new MediaType("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");

    /** A layer to be: its bytes, and for a foreign one where else it lies. */
    private record Layer(Content content, List<String> urls) {}

    private final List<Layer> layers = new ArrayList<>();
    private final Map<String, String> annotations = new LinkedHashMap<>();
    private final List<Descriptor> subject = new ArrayList<>();
    private long seed = 1;
    private Platform platform = Platform.parse("linux/amd64");
    private String artifactType = "";
    private boolean docker;

    private ImageBuilder() {}

    /** An image for linux/amd64 without layers. */
    public static ImageBuilder image() {
        return new ImageBuilder();
    }

    /** An index without children. */
    public static IndexBuilder index() {
        return new IndexBuilder();
    }

    /** What the bytes follow from (default 1); images with different seeds share no layer. */
    public ImageBuilder seed(long value) {
        seed = value;
        return this;
    }

    /** What it runs on, as in {@code linux/arm64/v8}. */
    public ImageBuilder platform(String text) {
        platform = Platform.parse(text);
        return this;
    }

    /** Adds a layer of this many incompressible bytes. */
    public ImageBuilder layer(long size) {
        return layer(new Content.Seeded(seed * 1_000 + layers.size(), size));
    }

    /** Adds a layer of these bytes. */
    public ImageBuilder layer(byte[] bytes) {
        return layer(new Content.Bytes(bytes));
    }

    /** Adds a layer of this content; the same content in two images is one blob. */
    public ImageBuilder layer(Content content) {
        layers.add(new Layer(content, List.of()));
        return this;
    }

    /** Adds a non-distributable layer that the registry does not hold and a client would fetch from these addresses. */
    public ImageBuilder foreignLayer(long size, String... urls) {
        layers.add(new Layer(new Content.Seeded(seed * 1_000 + layers.size(), size), List.of(urls)));
        return this;
    }

    /** Docker's media types instead of OCI's. */
    public ImageBuilder docker() {
        docker = true;
        return this;
    }

    /** An artifact of this type: an OCI manifest with the empty config. */
    public ImageBuilder artifact(String type) {
        artifactType = type;
        return this;
    }

    /** Makes it refer to another manifest, as signatures do. */
    public ImageBuilder subject(TestImage image) {
        subject.clear();
        subject.add(image.descriptor());
        return this;
    }

    /** Adds an annotation to the manifest. */
    public ImageBuilder annotation(String key, String value) {
        annotations.put(key, value);
        return this;
    }

    /** Reads every layer once for its digest and writes config and manifest. */
    public TestImage build() {
        List<Blob> built = layers.stream()
                .map(layer -> Blob.of(layerType(layer), layer.content()))
                .toList();
        List<Blob> held = new ArrayList<>();
        held.add(config(built));
        for (int i = 0; i < built.size(); i++) {
            if (layers.get(i).urls().isEmpty()) {
                held.add(built.get(i));
            }
        }
        byte[] manifest = Json.bytes(manifest(held.get(0), built));
        MediaType type = docker ? MediaType.DOCKER_MANIFEST : MediaType.OCI_MANIFEST;
        Descriptor descriptor = new Descriptor(type, Digest.of(manifest), manifest.length);
        return new TestImage(descriptor, manifest, platform, held, List.of());
    }

    private MediaType layerType(Layer layer) {
        if (!layer.urls().isEmpty()) {
            return docker ? DOCKER_FOREIGN : OCI_FOREIGN;
        }
        if (!artifactType.isEmpty()) {
            return MediaType.OCTET_STREAM;
        }
        return docker ? DOCKER_LAYER : OCI_LAYER;
    }

    private Blob config(List<Blob> built) {
        if (!artifactType.isEmpty()) {
            return Blob.of(OCI_EMPTY, new Content.Bytes(Json.bytes(Json.object())));
        }
        ObjectNode config = Json.object();
        Json.platform(config, platform);
        config.put("created", "2026-01-01T00:00:00Z");
        config.putObject("config").putArray("Env").add("SEED=" + seed);
        ObjectNode rootfs = config.putObject("rootfs").put("type", "layers");
        ArrayNode diffIds = rootfs.putArray("diff_ids");
        built.forEach(layer -> diffIds.add(layer.digest().toString()));
        return Blob.of(docker ? DOCKER_CONFIG : OCI_CONFIG, new Content.Bytes(Json.bytes(config)));
    }

    private ObjectNode manifest(Blob config, List<Blob> built) {
        ObjectNode manifest = Json.object();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", (docker ? MediaType.DOCKER_MANIFEST : MediaType.OCI_MANIFEST).value());
        if (!artifactType.isEmpty()) {
            manifest.put("artifactType", artifactType);
        }
        manifest.set("config", Json.descriptor(config.descriptor()));
        ArrayNode array = manifest.putArray("layers");
        for (int i = 0; i < built.size(); i++) {
            ObjectNode entry = Json.descriptor(built.get(i).descriptor());
            if (!layers.get(i).urls().isEmpty()) {
                layers.get(i).urls().forEach(entry.putArray("urls")::add);
            }
            array.add(entry);
        }
        subject.forEach(descriptor -> manifest.set("subject", Json.descriptor(descriptor)));
        Json.annotations(manifest, annotations);
        return manifest;
    }
}
