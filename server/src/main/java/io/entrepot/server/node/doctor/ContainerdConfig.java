package io.entrepot.server.node.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * What a release of containerd has for the plugin that pulls for the kubelet, from {@code config.toml} and what it imports.
 *
 * <p>1.x takes a section of a later file for the whole section; 2.x lays it over the earlier one.
 *
 * @param version of the main file
 * @param images the section's keys under the names of 2.x
 */
record ContainerdConfig(int version, JsonNode images) {

    static final String FILE = "/etc/containerd/config.toml";

    /** 1.x, and 2.x reading a file of version 1 or 2. */
    private static final String OLD = "io.containerd.grpc.v1.cri";

    private static final String NEW = "io.containerd.cri.v1.images";

    /** @throws IllegalArgumentException if containerd does not start with it, with the reason */
    static ContainerdConfig read(NodeRoot node, Release release) throws IOException {
        Deque<String> pending = new ArrayDeque<>(Set.of(FILE));
        Set<String> seen = new HashSet<>();
        ObjectNode images = JsonNodeFactory.instance.objectNode();
        int version = 0;
        while (!pending.isEmpty()) {
            String file = pending.poll();
            if (!seen.add(file)) {
                continue;
            }
            JsonNode tree = parse(node, file);
            int own = Math.max(1, tree.path("version").asInt(1));
            version = version == 0 ? own : version;
            lay(images, section(tree, own, release), release);
            for (String pattern : Toml.texts(tree.path("imports"), "imports")) {
                pending.addAll(node.glob(pattern.startsWith("/") ? pattern : "/etc/containerd/" + pattern));
            }
        }
        return new ContainerdConfig(version, images);
    }

    private static JsonNode parse(NodeRoot node, String file) throws IOException {
        try {
            return Toml.parse(node.read(file).orElse(""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage());
        }
    }

    private static JsonNode section(JsonNode tree, int version, Release release) {
        JsonNode plugins = tree.path("plugins");
        if (version >= 3) {
            return plugins.path(NEW);
        }
        JsonNode old = version == 1 && plugins.has("cri") ? plugins.path("cri") : plugins.path(OLD);
        JsonNode later = release.isSecond() ? plugins.path(NEW) : JsonNodeFactory.instance.missingNode();
        boolean read = version == 2 || release.isSecond() || plugins.has("cri");
        return later.isObject() ? later : read ? old : JsonNodeFactory.instance.missingNode();
    }

    private static void lay(ObjectNode images, JsonNode section, Release release) {
        if (!section.isObject()) {
            return;
        }
        if (!release.isSecond()) {
            images.removeAll();
        }
        merge(images, section);
    }

    private static void merge(ObjectNode into, JsonNode from) {
        from.properties().forEach(entry -> {
            if (entry.getValue().isObject() && into.path(entry.getKey()) instanceof ObjectNode below) {
                merge(below, entry.getValue());
            } else {
                into.set(entry.getKey(), entry.getValue().deepCopy());
            }
        });
    }

    /** Files of version 3 are of 2.x alone. */
    boolean fits(Release release) {
        return version < 3 || release.isSecond();
    }

    boolean hasConfigPath() {
        return Toml.at(images, "registry").has("config_path");
    }

    String configPath() {
        return Toml.text(Toml.at(images, "registry", "config_path"), "config_path");
    }

    JsonNode mirrors() {
        return Toml.at(images, "registry", "mirrors");
    }

    /** Whether something makes CRI pull by itself, where it could use the transfer service. */
    boolean pullsLocally() {
        boolean old = Set.of("mirrors", "configs", "auths").stream()
                .anyMatch(key -> !Toml.at(images, "registry", key).isMissingNode()
                        && !Toml.at(images, "registry", key).isEmpty());
        return old
                || Toml.at(images, "use_local_image_pull").asBoolean()
                || Toml.at(images, "max_concurrent_downloads").asInt(3) != 3;
    }
}
