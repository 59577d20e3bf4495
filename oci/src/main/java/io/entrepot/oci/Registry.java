package io.entrepot.oci;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a registry as it stands in an image reference: {@code host} or {@code host:port}, lower case.
 *
 * <p>Docker Hub's aliases are one registry, {@code docker.io}. It is a name to look up, never an address to dial.
 */
public record Registry(String name) {

    private static final Set<String> HUB_ALIASES =
            Set.of("index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "docker.com");
    private static final Pattern GRAMMAR = Pattern.compile(
            "(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|(\\[[0-9a-f:.]+]))(?::([0-9]{1,5}))?");

    /** Docker Hub, under its one name. */
    public static final Registry DOCKER_HUB = new Registry("docker.io");

    public Registry {
        if (name.length() > 255 || !isValid(GRAMMAR.matcher(name))) {
            throw new IllegalArgumentException("registry: " + Excerpt.of(name) + " (expected: host or host:port)");
        }
        if (HUB_ALIASES.contains(name)) {
            name = "docker.io";
        }
    }

    private static boolean isValid(Matcher matcher) {
        return matcher.matches() && isAddress(matcher.group(1)) && isPort(matcher.group(2));
    }

    private static boolean isAddress(@Nullable String brackets) {
        try {
            return brackets == null || new URI("https://" + brackets).getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isPort(@Nullable String digits) {
        return digits == null || (Integer.parseInt(digits) >= 1 && Integer.parseInt(digits) <= 65_535);
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
