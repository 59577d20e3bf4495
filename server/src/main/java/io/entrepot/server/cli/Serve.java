package io.entrepot.server.cli;

import io.entrepot.config.MirrorConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Runs the mirror until it is told to stop. */
@FunctionalInterface
public interface Serve {

    /**
     * Starts, serves, drains and stops.
     *
     * @param file where the configuration was read and is read again; null: the defaults, there is no file
     * @param selfTls whether to make a certificate of our own
     * @return the exit code
     * @throws CommandException if it cannot start
     */
    int run(MirrorConfig config, @Nullable Path file, boolean selfTls);
}
