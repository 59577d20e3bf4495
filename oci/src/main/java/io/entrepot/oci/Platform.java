package io.entrepot.oci;

import java.util.List;

/** What an image runs on (image-spec, image-index.md); parts that were not said are empty. */
public record Platform(String os, String architecture, String variant, String osVersion) {

    /** An index entry that names no platform. */
    public static final Platform UNSPECIFIED = new Platform("", "", "", "");

    /** Parses {@code os/architecture[/variant]}. @throws IllegalArgumentException if it is not of that form */
    public static Platform parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length < 2 || parts.length > 3 || List.of(parts).contains("")) {
            throw new IllegalArgumentException(
                    "platform: " + Excerpt.of(text) + " (expected: os/architecture[/variant])");
        }
        return new Platform(parts[0], parts[1], parts.length == 3 ? parts[2] : "", "");
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
