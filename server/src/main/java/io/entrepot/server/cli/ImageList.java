package io.entrepot.server.cli;

import io.entrepot.oci.ImageRef;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Images to bring, each once, in order: from lines with one reference each ({@code #} begins a comment), or from Kubernetes
 * manifests, YAML or JSON, of which every container of every pod counts, and every image volume.
 */
final class ImageList {

    private static final int LARGEST = 64 * 1024 * 1024;
    private static final Pattern KUBERNETES = Pattern.compile("(?m)^\\s*(\\{|\"?apiVersion\"?\\s*:|---)");
    private static final Set<String> CONTAINERS = Set.of("containers", "initContainers", "ephemeralContainers");

    private final Set<String> images = new LinkedHashSet<>();

    /** Collections that were looked through: an alias may stand for one many times, also within itself. */
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private ImageList() {}

    /** @throws CommandException that names what is no image reference, or no YAML */
    static List<ImageRef> parse(String text) {
        ImageList list = new ImageList();
        if (KUBERNETES.matcher(text).find()) {
            list.manifests(text);
        } else {
            text.lines().forEach(list::line);
        }
        return list.images.stream().map(ImageList::image).distinct().toList();
    }

    private static ImageRef image(String text) {
        try {
            return ImageRef.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(text + " is no image reference: " + e.getMessage());
        }
    }

    private void line(String line) {
        int comment = line.indexOf('#');
        add((comment < 0 ? line : line.substring(0, comment)).strip());
    }

    private void add(Object image) {
        if (image instanceof String text && !text.isEmpty()) {
            images.add(text);
        }
    }

    private void manifests(String text) {
        LoadSettings settings =
                LoadSettings.builder().setCodePointLimit(LARGEST).build();
        try {
            new Load(settings).loadAllFromString(text).forEach(this::walk);
        } catch (YamlEngineException e) {
            throw CommandException.usage("the manifests cannot be read: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        } catch (StackOverflowError e) {
            // the parser recurses, and so do we
            throw CommandException.usage("the manifests cannot be read: they are nested too deeply");
        }
    }

    private void walk(Object node) {
        if (node instanceof Collection<?> || node instanceof Map<?, ?>) {
            walkOnce(node);
        }
    }

    private void walkOnce(Object node) {
        if (!seen.add(node)) {
            return;
        }
        if (node instanceof List<?> list) {
            list.forEach(this::walk);
        } else if (node instanceof Map<?, ?> map) {
            map.forEach(this::entry);
        }
    }

    private void entry(Object key, Object value) {
        if (value instanceof List<?> list && key instanceof String name && CONTAINERS.contains(name)) {
            list.forEach(container -> add(field(container, "image")));
        } else if (value instanceof List<?> list && "volumes".equals(key)) {
            list.forEach(volume -> add(field(field(volume, "image"), "reference")));
        }
        walk(value);
    }

    private static Object field(Object node, String name) {
        Object value = node instanceof Map<?, ?> map ? map.get(name) : null;
        return value == null ? "" : value;
    }
}
