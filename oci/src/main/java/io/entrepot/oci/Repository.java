package io.entrepot.oci;

/**
 * A registry and a path in it, as in {@code docker.io/library/alpine}.
 *
 * <p>The path follows the distribution spec's {@code <name>}; host, slash and path together are at most 255 characters.
 * On Docker Hub a path of one segment lies under {@code library/}.
 */
public record Repository(Registry registry, String path) {

    private static final String SEGMENT = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*";
    private static final String GRAMMAR = SEGMENT + "(/" + SEGMENT + ")*";

    public Repository {
        if (registry.equals(Registry.DOCKER_HUB) && path.indexOf('/') < 0) {
            path = "library/" + path;
        }
        if (registry.name().length() + 1 + path.length() > 255) {
            throw new IllegalArgumentException(
                    "repository: " + Excerpt.of(path) + " (expected: at most 255 characters)");
        }
        if (!isPath(path)) {
            throw new IllegalArgumentException("repository: " + Excerpt.of(path) + " (expected: " + GRAMMAR + ")");
        }
    }

    /** What {@link #GRAMMAR} says, in one pass: each request has such a name. */
    private static boolean isPath(String text) {
        int at = 0;
        while (at >= 0) {
            int word = at;
            while (at < text.length() && isAlphanumeric(text.charAt(at))) {
                at++;
            }
            if (at == word || at == text.length()) {
                return at > word;
            }
            at = behindSeparator(text, at);
        }
        return false;
    }

    private static boolean isAlphanumeric(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
    }

    /** Where the separator that stands here ends; negative: none does. */
    private static int behindSeparator(String text, int at) {
        int end = at + 1;
        switch (text.charAt(at)) {
            case '/', '.' -> {}
            case '_' -> end += text.startsWith("_", end) ? 1 : 0;
            case '-' -> {
                while (text.startsWith("-", end)) {
                    end++;
                }
            }
            default -> end = -1;
        }
        return end;
    }

    @Override
    public String toString() {
        return registry + "/" + path;
    }
}
