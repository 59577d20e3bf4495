package io.entrepot.server;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A configuration file for a mirror on ports of its own, with its data in a directory of the test. */
public final class TestConfig {

    private final Path file;
    private final Path data;

    private TestConfig(Path file, Path data) {
        this.file = file;
        this.data = data;
    }

    /** Writes {@code mirror.yaml} under this directory; {@code more} is YAML that is added at its end. */
    public static TestConfig under(Path directory, String... more) throws IOException {
        TestConfig config = new TestConfig(directory.resolve("mirror.yaml"), directory.resolve("data"));
        config.write(more);
        return config;
    }

    /** Writes it anew. */
    public void write(String... more) throws IOException {
        Files.writeString(file, """
                listen: { address: 127.0.0.1, port: 0 }
                admin: { address: 127.0.0.1, port: 0 }
                storage: { disk: { path: "%s/cache" } }
                audit: { segment-size: 1MiB }
                drain: { delay: 0s, grace: 5s }
                """.formatted(data) + String.join("\n", more) + "\n");
    }

    public Path file() {
        return file;
    }

    public Path data() {
        return data;
    }

    public MirrorConfig load() throws ConfigException {
        return ConfigLoader.load(file);
    }

    /** A mirror with this configuration, which can read it again. */
    public Mirror start() throws ConfigException, StartException {
        return Mirror.start(load(), Mirror.Options.of(file));
    }
}
