package io.entrepot.server.cli;

import io.entrepot.oci.ImageRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Images to bring, each once, in order: from lines with one reference each ({@code #} begins a comment), or from Kubernetes
 * manifests.
 */
final class ImageList {

    private static final int LONGEST_SHOWN = 80;

    private final Set<String> images = new LinkedHashSet<>();

    private ImageList() {}

    /** @throws CommandException that names what is no image reference, or no YAML */
    static List<ImageRef> parse(String text) {
        ImageList list = new ImageList();
        if (KubernetesManifests.looksSo(text)) {
            KubernetesManifests.parse("the list", text).forEach(use -> list.images.add(use.image()));
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

    private void add(String image) {
        if (!image.isEmpty()) {
            images.add(image);
        }
    }
}
