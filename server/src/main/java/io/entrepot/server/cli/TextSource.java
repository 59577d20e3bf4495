package io.entrepot.server.cli;

import io.entrepot.config.FileReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command reads; {@code -} is standard input. */
record TextSource(Path file) {

    private boolean isStandardInput() {
        return file.toString().equals("-");
    }

    /** As it is called in findings. */
    String name() {
        return isStandardInput() ? "standard input" : file.toString();
    }

    String text() {
        try {
            return isStandardInput()
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(file);
        } catch (IOException e) {
            throw CommandException.failed(name() + " cannot be read: " + FileReason.of(file, e));
        }
    }
}
