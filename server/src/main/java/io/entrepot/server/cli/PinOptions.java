package io.entrepot.server.cli;

import io.entrepot.config.ConfigException;
import io.entrepot.config.MirrorConfig;
import io.entrepot.oci.ImageRef;
import io.entrepot.oci.Reference;
import io.entrepot.server.policy.LockFile;
import io.entrepot.server.policy.PinBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The lock file and the mirror, as every {@code entrepot pins} is told of them. */
final class PinOptions {

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The lock file; default: policy.pins.file of the configuration.")
    private @Nullable Path file;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    MirrorConfig config() {
        return config.withoutSecrets();
    }

    /** @throws CommandException if there is none */
    Path file() {
        return find().orElseThrow(() ->
                CommandException.usage("there is no lock file (expected: --file, or policy.pins.file in --config)"));
    }

    /** The pins of the lock file; none if there is no such file yet. */
    PinBook read() {
        Optional<Path> lock = find().filter(Files::exists);
        if (lock.isEmpty()) {
            return PinBook.EMPTY;
        }
        try {
            return LockFile.read(lock.get());
        } catch (ConfigException e) {
            throw CommandException.usage("the lock file cannot be used\n" + e.getMessage());
        }
    }

    private Optional<Path> find() {
        return file != null ? Optional.of(file) : config().policy().pins().file();
    }

    void write(PinBook pins) {
        try {
            LockFile.write(file(), pins);
        } catch (IOException e) {
            throw CommandException.failed(file() + " cannot be written: " + e);
        }
    }

    /** Images as they are given. @throws CommandException if one is not by tag */
    static List<ImageRef> images(List<String> given) {
        return given.stream().map(PinOptions::image).toList();
    }

    /** An image as it is given. @throws CommandException if it is not by tag */
    static ImageRef image(String given) {
        try {
            ImageRef image = ImageRef.parse(given);
            if (image.reference() instanceof Reference.Tag) {
                return image;
            }
            throw CommandException.usage(given + " (expected: an image by tag)");
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }
}
