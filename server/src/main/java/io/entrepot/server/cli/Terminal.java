package io.entrepot.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether somebody watches. {@code System.console()} does not tell any more since Java 22. */
final class Terminal {

    private Terminal() {}

    /** True if standard output is a terminal. */
    static boolean isOutput() {
        try {
            Path device = Files.readSymbolicLink(Path.of("/proc/self/fd/1"));
            return device.startsWith("/dev/pts") || device.toString().startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
