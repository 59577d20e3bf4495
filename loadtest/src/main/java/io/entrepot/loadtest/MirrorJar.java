package io.entrepot.loadtest;

import io.entrepot.loadtest.bench.NotRunnable;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --jar FILE}: the mirror that is measured. */
final class MirrorJar {

    @Option(
            names = "--jar",
            defaultValue = "server/target/entrepot.jar",
            description = "The mirror (${DEFAULT-VALUE}).")
    private Path file = Path.of("");

    /** @throws NotRunnable if it is not there */
    Path file() {
        if (!Files.isRegularFile(file)) {
            throw new NotRunnable(file + " is not there (expected: built by mvn package)");
        }
        return file;
    }
}
