package io.entrepot.server.cli;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.ConfigLoader.Checked;
import io.entrepot.config.ConfigProblem;
import io.entrepot.config.MirrorConfig;
import io.entrepot.server.access.AccessFiles;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.tls.ServerTls;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code entrepot check}: every problem of a configuration at once, and what is doubtful in it. */
@Command(
        name = "check",
        description = {
            "Reads a configuration and prints everything that is wrong with it, as file:line: message.",
            "A warning is what a mirror starts with though it can hardly be meant, as a rule that can match nothing. Exit code"
                    + " 2: there is either."
        })
final class CheckCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The configuration.")
    private @Nullable Path file;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The same, said as other commands say it.")
    private @Nullable Path option;

    @Mixin
    private final Output output = new Output();

    /** What is found: what a mirror refuses to start with, and what it starts with, though it can hardly be meant. */
    private record Found(List<ConfigProblem> problems, List<ConfigProblem> warnings) {

        boolean isEmpty() {
            return problems.isEmpty() && warnings.isEmpty();
        }
    }

    @Override
    public Integer call() {
        Found found = found(file());
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("problems", json(found.problems));
            facts.put("warnings", json(found.warnings));
            out.println(Json.text(facts));
        } else if (found.isEmpty()) {
            out.println(file() + ": ok");
        } else {
            found.problems.forEach(out::println);
            found.warnings.forEach(warning ->
                    out.println(new ConfigProblem(warning.file(), warning.line(), "warning: " + warning.message())));
        }
        return found.isEmpty() ? ExitCode.OK : ExitCode.USAGE;
    }

    private Path file() {
        Path given = file == null ? option : file;
        if (given == null || (file != null && option != null)) {
            throw new ParameterException(spec.commandLine(), "which configuration? (expected: one FILE)");
        }
        return given;
    }

    private static Found found(Path file) {
        try {
            Checked checked = ConfigLoader.check(file);
            return new Found(problems(file, checked.config()), checked.doubts());
        } catch (ConfigException e) {
            return new Found(e.problems(), List.of());
        }
    }

    /** What only the one who serves would notice: a certificate that has another key, a file of users that is none. */
    private static List<ConfigProblem> problems(Path file, MirrorConfig config) {
        return Stream.concat(tls(config).stream(), AccessFiles.problems(config.access()).stream())
                .map(message -> new ConfigProblem(file.toString(), 0, message))
                .toList();
    }

    private static Optional<String> tls(MirrorConfig config) {
        if (config.listen().tls().isEmpty()) {
            return Optional.empty();
        }
        try {
            ServerTls.open(config.listen().tls().get(), config.access().clientCa());
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("listen.tls: " + e.getMessage());
        }
    }

    private static List<Map<String, Object>> json(List<ConfigProblem> problems) {
        return problems.stream().map(CheckCommand::json).toList();
    }

    private static Map<String, Object> json(ConfigProblem problem) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", problem.file());
        if (problem.line() > 0) {
            json.put("line", problem.line());
        }
        json.put("message", problem.message());
        return json;
    }
}
