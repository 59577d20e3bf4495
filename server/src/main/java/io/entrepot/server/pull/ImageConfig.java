package io.entrepot.server.pull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Platform;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The config of an image (image-spec, config.md; Docker's is alike), of which we read what it runs on:
 *
 * <pre>
 *   {"architecture":"arm64","variant":"v8","os":"linux","config":{"Env":["PATH=/bin"]},"rootfs":{"type":"layers", …}}
 * </pre>
 *
 * <p>What clients could read otherwise is refused: such a field given twice, or in another case, which Go takes for the same.
 */
final class ImageConfig {

    private static final Set<String> TYPES =
            Set.of("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json");

    private static final List<String> READ = List.of("os", "architecture", "variant", "os.version");

    private static final JsonFactory JSON = new JsonFactory();

    private ImageConfig() {}

    /** Whether a manifest's config says what an image runs on; that of another artifact does not. */
    static boolean isOne(Descriptor config) {
        return TYPES.contains(config.mediaType().value());
    }

    /** What an image runs on; empty if its config does not say. @throws Unjudged if it can be read in several ways, or none */
    static Optional<Platform> platform(byte[] config) {
        Map<String, String> said = read(config);
        String os = said.getOrDefault("os", "");
        String architecture = said.getOrDefault("architecture", "");
        return os.isEmpty() || architecture.isEmpty()
                ? Optional.empty()
                : Optional.of(new Platform(
                        os, architecture, said.getOrDefault("variant", ""), said.getOrDefault("os.version", "")));
    }

    private static Map<String, String> read(byte[] config) {
        try (JsonParser json = JSON.createParser(config)) {
            return fields(json);
        } catch (IOException e) {
            throw new Unjudged("what it runs on is not known: its config is not valid JSON");
        }
    }

    private static Map<String, String> fields(JsonParser json) throws IOException {
        Map<String, String> said = new HashMap<>();
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new Unjudged("what it runs on is not known: its config is not a JSON object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            Optional<String> field = field(json.currentName());
            JsonToken value = json.nextToken();
            if (field.isPresent() && said.put(field.get(), text(json, value)) != null) {
                throw new Unjudged("what it runs on is not known: its config says " + field.get() + " twice");
            }
            json.skipChildren();
        }
        if (json.nextToken() != null) {
            throw new Unjudged("what it runs on is not known: something follows the JSON object of its config");
        }
        return said;
    }

    private static Optional<String> field(String name) {
        Optional<String> field = READ.stream().filter(name::equalsIgnoreCase).findFirst();
        if (field.isPresent() && !name.equals(field.get())) {
            throw new Unjudged("what it runs on is not known: its config says " + field.get() + " in another case");
        }
        return field;
    }

    private static String text(JsonParser json, JsonToken value) throws IOException {
        return switch (value) {
            case VALUE_STRING -> json.getText();
            case VALUE_NULL -> "";
            default -> throw new Unjudged("what it runs on is not known: a field of its config is not a text");
        };
    }
}
