package io.entrepot.oci;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name of a registry as it stands in an image reference: {@code host} or {@code host:port}, lower case.
 *
 * <p>Docker Hub's aliases are one registry, {@code docker.io}. It is a name to look up, never an address to dial.
 */
public record Registry(String name) {

    public static final Registry DOCKER_HUB = new Registry("docker.io");

    private static final Set<String> HUB_ALIASES =
            Set.of("index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "docker.com");
    private static final Pattern GRAMMAR = Pattern.compile(
            "([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?|\\[[0-9a-f:.]+](:[0-9]{1,5})?");

    public Registry {
        if (name.length() > 255 || !GRAMMAR.matcher(name).matches()) {
            throw new IllegalArgumentException("registry: " + name + " (expected: host or host:port)");
        }
        if (HUB_ALIASES.contains(name)) {
            name = "docker.io";
        }
    }

    /** Parses a host name with an optional port. @throws IllegalArgumentException if it is not one */
    public static Registry parse(String text) {
        return new Registry(text.toLowerCase(Locale.ROOT));
    }

    /** True if the first segment of a path names a registry rather than a part of a repository (distribution/reference). */
    public static boolean looksLikeRegistry(String segment) {
        return segment.indexOf('.') >= 0 || segment.indexOf(':') >= 0 || segment.equals("localhost");
    }

    @Override
    public String toString() {
        return name;
    }
}
