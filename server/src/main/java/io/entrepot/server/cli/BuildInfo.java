package io.entrepot.server.cli;

import java.util.Objects;

/** What the manifest of our jar says of it. */
public final class BuildInfo {

    private BuildInfo() {}

    /** The version, or {@code dev} when classes run that are in no jar. */
    public static String version() {
        return Objects.requireNonNullElse(BuildInfo.class.getPackage().getImplementationVersion(), "dev");
    }
}
