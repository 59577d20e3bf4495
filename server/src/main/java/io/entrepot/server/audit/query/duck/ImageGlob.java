package io.entrepot.server.audit.query.duck;

import java.util.List;

/**
 * An image as people write it, with or without wildcards: {@code alpine}, {@code docker.io/library/*}, {@code *}{@code /app:1.*}. What names
 * no registry is of Docker Hub, as everywhere; a tag stands behind the last colon.
 */
final class ImageGlob {

    private static final String HUB = "docker.io";

    private ImageGlob() {}

    /** Empty if there is none. */
    static String tag(String image) {
        int colon = image.lastIndexOf(':');
        return colon > image.lastIndexOf('/') ? image.substring(colon + 1) : "";
    }

    /** The repository with its registry, a glob. */
    static String name(String image) {
        String tag = tag(image);
        return full(tag.isEmpty() ? image : image.substring(0, image.length() - tag.length() - 1));
    }

    static List<String> conditions(String image) {
        String name = name(image);
        int slash = name.indexOf('/');
        if (!Where.wild(name)) {
            return List.of(
                    "registry = " + Duck.text(name.substring(0, slash)),
                    "repository = " + Duck.text(name.substring(slash + 1)));
        }
        return List.of(Where.matches("registry || '/' || repository", name));
    }

    private static String full(String name) {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        if (first.contains(".") || first.contains(":") || first.equals("localhost") || name.startsWith("*")) {
            return name;
        }
        return HUB + "/" + (slash < 0 ? "library/" : "") + name;
    }
}
