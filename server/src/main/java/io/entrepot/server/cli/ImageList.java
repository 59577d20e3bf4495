package io.entrepot.server.cli;

import io.entrepot.oci.ImageRef;
import java.util.ArrayList;
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

    private static final int LONGEST_SHOWN = 80;
    private static final int LARGEST = 64 * 1024 * 1024;
    private static final Pattern KUBERNETES = Pattern.compile("(?m)^\\s*(\\{|\"?(apiVersion|kind)\"?\\s*:|---)");
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
        return list.parsed();
    }

    private List<ImageRef> parsed() {
        if (images.isEmpty()) {
            throw CommandException.failed("no image in the list (expected: one a line, or manifests with containers)");
        }
        Set<ImageRef> parsed = new LinkedHashSet<>();
        List<String> problems = new ArrayList<>();
        for (String image : images) {
            try {
                parsed.add(ImageRef.parse(image));
            } catch (IllegalArgumentException e) {
                problems.add(shown(image) + " is no image reference: " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw CommandException.usage(String.join("\n", problems));
        }
        return List.copyOf(parsed);
    }

    private static String shown(String text) {
        String start = text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
        return start.replaceAll("[^ -~]", "?");
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
