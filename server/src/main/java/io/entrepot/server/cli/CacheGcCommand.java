package io.entrepot.server.cli;

import io.entrepot.storage.disk.Garbage.Limits;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code entrepot cache gc}: removes what nothing names any more. */
@Command(
        name = "gc",
        description = {
            "Removes what nothing needs any more: blobs that no repository names, what an interrupted download left, journals"
                    + " that say nothing, old files that were set aside.",
            "What is in use, or came a moment ago, stays. Tags and their history stay."
        })
final class CacheGcCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--dry-run", description = "Says what would go, and removes nothing.")
    private boolean dryRun;

    @Option(
            names = "--unused-for",
            paramLabel = "TIME",
            defaultValue = "1h",
            converter = ToDuration.class,
            description =
                    "A blob that nothing names goes if it was not used for this long, as in 90s, 1h or 7d; default:"
                            + " ${DEFAULT-VALUE}; at least 10m while the mirror runs.")
    private Duration unusedFor = Duration.ZERO;

    @Option(
            names = "--set-aside-for",
            paramLabel = "TIME",
            defaultValue = "7d",
            converter = ToDuration.class,
            description = "What was set aside goes after this long; default: ${DEFAULT-VALUE}.")
    private Duration setAsideFor = Duration.ZERO;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        GcReport report = new GcReport(spec.commandLine().getOut(), output.isJson(), dryRun);
        try (Cache cache = CacheCommand.open(config.withoutSecrets())) {
            cache.collect(new Limits(unusedFor, setAsideFor, dryRun), report::line);
        }
        return report.end() ? ExitCode.OK : ExitCode.FAILED;
    }

    /** Text on a command line as a duration. */
    static final class ToDuration implements ITypeConverter<Duration> {

        private static final Pattern GRAMMAR = Pattern.compile("([0-9]{1,6})([smhd])");

        @Override
        public Duration convert(String text) {
            Matcher matcher = GRAMMAR.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is no time (expected: as in 90s, 30m, 1h or 7d)");
            }
            long count = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
            };
        }
    }
}
