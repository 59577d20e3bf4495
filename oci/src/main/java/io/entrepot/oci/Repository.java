package io.entrepot.oci;

import java.util.regex.Pattern;

/**
 * A registry and a path in it, as in {@code docker.io/library/alpine}.
 *
 * <p>The path follows the distribution spec's {@code <name>}; host, slash and path together are at most 255 characters.
 * On Docker Hub a path of one segment lies under {@code library/}.
 */
public record Repository(Registry registry, String path) {

    private static final String SEGMENT = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*";
    private static final Pattern GRAMMAR = Pattern.compile(SEGMENT + "(/" + SEGMENT + ")*");

    public Repository {
        if (registry.equals(Registry.DOCKER_HUB) && path.indexOf('/') < 0) {
            path = "library/" + path;
        }
        if (registry.name().length() + 1 + path.length() > 255) {
            throw new IllegalArgumentException(
                    "repository: " + Excerpt.of(path) + " (expected: at most 255 characters)");
        }
        if (!GRAMMAR.matcher(path).matches()) {
            throw new IllegalArgumentException("repository: " + Excerpt.of(path) + " (expected: " + GRAMMAR + ")");
        }
    }

    @Override
    public String toString() {
        return registry + "/" + path;
    }
}
