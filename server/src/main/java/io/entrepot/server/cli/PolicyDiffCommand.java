package io.entrepot.server.cli;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig;
import io.entrepot.server.audit.query.PolicyDiff;
import io.entrepot.server.inspect.Rulings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code entrepot policy diff}. */
@Command(
        name = "diff",
        description = {
            "Says which pulls of the past would be decided otherwise under NEW than under OLD: two configurations.",
            "The pulls are those of the log that --config leads to."
        })
final class PolicyDiffCommand implements Runnable {

    @Parameters(index = "0", paramLabel = "OLD", description = "A configuration.")
    private Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "Another one.")
    private Path after = Path.of("");

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final AuditFilters filters = new AuditFilters();

    @Mixin
    private final AuditOutput output = new AuditOutput();

    @Override
    public void run() {
        try {
            output.write(PolicyDiff.of(
                    AuditAnswers.of(config).all("asked", filters.filters()), rules(before), rules(after)));
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }

    private static ConfiguredRules rules(Path file) {
        try {
            MirrorConfig loaded = ConfigLoader.loadWithoutSecrets(file);
            return new ConfiguredRules(Rulings.of(loaded), loaded.policy(), Instant.now());
        } catch (ConfigException e) {
            throw CommandException.usage("the configuration cannot be used\n" + e.getMessage());
        }
    }
}
