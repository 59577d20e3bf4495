package io.entrepot.oci;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an image runs on (image-spec, image-index.md); parts that were not said are empty. */
public record Platform(String os, String architecture, String variant, String osVersion) {

    private static final Pattern GRAMMAR = Pattern.compile("([^/()]+)(?:\\(([^/()]+)\\))?/([^/()]+)(?:/([^/()]+))?");

    /** An index entry that names no platform. */
    public static final Platform UNSPECIFIED = new Platform("", "", "", "");

    /**
     * Parses {@code os[(os.version)]/architecture[/variant]}, as in {@code windows(10.0.17763)/amd64}.
     *
     * @throws IllegalArgumentException if it is not of that form
     */
    public static Platform parse(String text) {
        Matcher parts = GRAMMAR.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("platform: " + Excerpt.of(text)
                    + " (expected: os/architecture[/variant], as in linux/arm64 or windows(10.0.17763)/amd64)");
        }
        return new Platform(parts.group(1), parts.group(3), text(parts.group(4)), text(parts.group(2)));
    }

    private static String text(@Nullable String group) {
        return group == null ? "" : group;
    }

    /**
     * Whether content for this platform is what somebody means who names it like that: a variant or version that is not said
     * is any, {@code arm64} is {@code arm64/v8} (containerd's platforms, normalization), and a version is also meant by its
     * first numbers.
     */
    public boolean admits(Platform other) {
        return os.equals(other.os)
                && architecture.equals(other.architecture)
                && (variant.isEmpty() || normal().equals(other.normal()))
                && (osVersion.isEmpty() || (other.osVersion + ".").startsWith(osVersion + "."));
    }

    private String normal() {
        return architecture.equals("arm64") && variant.isEmpty() ? "v8" : variant;
    }

    @Override
    public String toString() {
        return os + (osVersion.isEmpty() ? "" : "(" + osVersion + ")") + "/" + architecture
                + (variant.isEmpty() ? "" : "/" + variant);
    }
}
