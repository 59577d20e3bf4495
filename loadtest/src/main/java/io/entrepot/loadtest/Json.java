package io.entrepot.loadtest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** JSON as registries write it: fields in the order in which they were put. */
final class Json {

    private static final JsonMapper MAPPER = new JsonMapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] bytes(ObjectNode node) {
        try {
            return MAPPER.writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Empty if it is not JSON. */
    static Optional<JsonNode> parse(byte[] bytes) {
        try {
            return Optional.of(MAPPER.readTree(bytes));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static ObjectNode descriptor(Descriptor descriptor) {
        return object().put("mediaType", descriptor.mediaType().value())
                .put("digest", descriptor.digest().toString())
                .put("size", descriptor.size());
    }

    static void platform(ObjectNode into, Platform platform) {
        into.put("architecture", platform.architecture());
        into.put("os", platform.os());
        if (!platform.variant().isEmpty()) {
            into.put("variant", platform.variant());
        }
    }

    static void annotations(ObjectNode into, Map<String, String> annotations) {
        if (!annotations.isEmpty()) {
            annotations.forEach(into.putObject("annotations")::put);
        }
    }
}
