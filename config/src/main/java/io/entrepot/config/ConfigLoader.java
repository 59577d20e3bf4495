package io.entrepot.config;

import java.nio.file.Path;

/** Reads a configuration file. */
public final class ConfigLoader {

    private ConfigLoader() {}

    /** The configuration used when there is no file. */
    public static MirrorConfig defaults() {
        throw new UnsupportedOperationException();
    }

    /** Reads and checks a file. Relative paths in it are relative to the working directory. @throws ConfigException with every problem in it */
    public static MirrorConfig load(Path file) throws ConfigException {
        throw new UnsupportedOperationException();
    }
}
