package io.entrepot.oci;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a registry as it stands in an image reference: {@code host} or {@code host:port}, lower case.
 *
 * <p>Docker Hub's aliases are one registry, {@code docker.io}. It is a name to look up, never an address to dial.
 */
public record Registry(String name) {

    private static final Set<String> HUB_ALIASES =
            Set.of("index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "docker.com");
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-f:.]+])(.*)");

    /** Docker Hub, under its one name. */
    public static final Registry DOCKER_HUB = new Registry("docker.io");

    public Registry {
        if (name.length() > 255 || !isValid(name)) {
            throw new IllegalArgumentException("registry: " + Excerpt.of(name) + " (expected: host or host:port)");
        }
        if (HUB_ALIASES.contains(name)) {
            name = "docker.io";
        }
    }

    private static boolean isValid(String name) {
        if (name.startsWith("[")) {
            Matcher matcher = ADDRESS.matcher(name);
            return matcher.matches() && isAddress(matcher.group(1)) && isPort(matcher.group(2));
        }
        int colon = name.indexOf(':');
        int end = colon < 0 ? name.length() : colon;
        return isHost(name, end) && isPort(name.substring(end));
    }

    /** Labels of letters, digits and hyphens that neither begin nor end with a hyphen, with dots between them. */
    private static boolean isHost(String name, int end) {
        char before = '.';
        for (int i = 0; i < end; i++) {
            char c = name.charAt(i);
            boolean within = before != '.' && before != '-';
            if (!isAlphanumeric(c) && !(c == '.' && within) && !(c == '-' && before != '.')) {
                return false;
            }
            before = c;
        }
        return isAlphanumeric(before);
    }

    private static boolean isAlphanumeric(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
    }

    private static boolean isAddress(String brackets) {
        try {
            return new URI("https://" + brackets).getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** A colon and a number, or nothing. */
    private static boolean isPort(String text) {
        if (text.isEmpty()) {
            return true;
        }
        if (text.charAt(0) != ':' || text.length() < 2 || text.length() > 6) {
            return false;
        }
        int port = 0;
        for (int i = 1; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            port = 10 * port + digit;
        }
        return port >= 1 && port <= 65_535;
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
