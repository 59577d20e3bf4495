package io.entrepot.server.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Platform;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** The config of an image (image-spec, config.md; Docker's is alike), of which we read what it runs on. */
final class ImageConfig {

    private static final Set<String> TYPES =
            Set.of("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json");

    private static final ObjectMapper JSON = new ObjectMapper();

    private ImageConfig() {}

    /** Whether a manifest's config says what an image runs on; that of another artifact does not. */
    static boolean isOne(Descriptor config) {
        return TYPES.contains(config.mediaType().value());
    }

    /** What an image runs on; empty if its config does not say. */
    static Optional<Platform> platform(byte[] config) {
        try {
            JsonNode root = JSON.readTree(config);
            String os = text(root, "os");
            String architecture = text(root, "architecture");
            return os.isEmpty() || architecture.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Platform(os, architecture, text(root, "variant"), text(root, "os.version")));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(JsonNode root, String name) {
        return root.path(name).asText("");
    }
}
