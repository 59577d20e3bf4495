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

/** Builds an index of images or of other indexes. */
public final class IndexBuilder {

    private final List<TestImage> children = new ArrayList<>();
    private final Map<String, String> annotations = new LinkedHashMap<>();
    private boolean docker;

    IndexBuilder() {}

    /** Adds an image, or an index to nest. */
    public IndexBuilder add(TestImage child) {
        children.add(child);
        return this;
    }

    /** Docker's manifest list instead of an OCI index. */
    public IndexBuilder docker() {
        docker = true;
        return this;
    }

    /** Adds an annotation to the index. */
    public IndexBuilder annotation(String key, String value) {
        annotations.put(key, value);
        return this;
    }

    /** Writes the index. */
    public TestImage build() {
        MediaType type = docker ? MediaType.DOCKER_LIST : MediaType.OCI_INDEX;
        ObjectNode index = Json.object();
        index.put("schemaVersion", 2);
        index.put("mediaType", type.value());
        ArrayNode manifests = index.putArray("manifests");
        children.forEach(child -> manifests.add(entry(child)));
        Json.annotations(index, annotations);
        byte[] bytes = Json.bytes(index);
        Descriptor descriptor = new Descriptor(type, Digest.of(bytes), bytes.length);
        return new TestImage(descriptor, bytes, Platform.UNSPECIFIED, List.of(), children);
    }

    private static ObjectNode entry(TestImage child) {
        ObjectNode entry = Json.descriptor(child.descriptor());
        if (!child.platform().equals(Platform.UNSPECIFIED)) {
            Json.platform(entry.putObject("platform"), child.platform());
        }
        return entry;
    }
}
