package io.entrepot.server.cli;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig;
import io.entrepot.server.inspect.Rulings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config FILE}, and what it leads to. */
final class ConfigOption {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration; without it, the defaults hold.")
    private @Nullable Path file;

    @Nullable Path file() {
        return file;
    }

    /** The configuration. @throws CommandException with every problem in it, one a line */
    MirrorConfig load() {
        return load(ConfigLoader::load);
    }

    /**
     * The configuration for who needs no secret of it, and may be on a machine that has none.
     *
     * @throws CommandException with every problem in it, one a line
     */
    MirrorConfig withoutSecrets() {
        return load(ConfigLoader::loadWithoutSecrets);
    }

    private interface Loading {
        MirrorConfig load(Path file) throws ConfigException;
    }

    private MirrorConfig load(Loading loading) {
        if (file == null) {
            return ConfigLoader.defaults();
        }
        try {
            return loading.load(file);
        } catch (ConfigException e) {
            throw CommandException.usage("the configuration cannot be used\n" + e.getMessage());
        }
    }

    /** What it says of images. */
    Rulings rulings() {
        return rulings(withoutSecrets());
    }

    /** What a configuration that was loaded says of images. */
    Rulings rulings(MirrorConfig loaded) {
        try {
            return Rulings.of(loaded);
        } catch (ConfigException e) {
            throw CommandException.usage("the configuration cannot be used\n" + e.getMessage());
        }
    }
}
