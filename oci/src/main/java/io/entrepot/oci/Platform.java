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

    /**
     * Whether content for this platform is what somebody means who names it like that: a variant that is not said is any,
     * and {@code arm64} is {@code arm64/v8} (containerd's platforms, normalization).
     */
    public boolean admits(Platform other) {
        return os.equals(other.os)
                && architecture.equals(other.architecture)
                && (variant.isEmpty() || normal().equals(other.normal()));
    }

    private String normal() {
        return architecture.equals("arm64") && variant.isEmpty() ? "v8" : variant;
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
