package io.entrepot.server.cli;

import io.entrepot.config.ConfigException;
import io.entrepot.config.ConfigLoader;
import io.entrepot.config.ConfigProblem;
import io.entrepot.server.inspect.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code entrepot check}: every problem of a configuration at once. */
@Command(
        name = "check",
        description = "Reads a configuration and prints everything that is wrong with it, as file:line: message.")
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

    @Override
    public Integer call() {
        List<ConfigProblem> problems = problems(file());
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            out.println(Json.text(
                    Map.of("problems", problems.stream().map(CheckCommand::json).toList())));
        } else if (problems.isEmpty()) {
            out.println(file() + ": ok");
        } else {
            problems.forEach(out::println);
        }
        return problems.isEmpty() ? ExitCode.OK : ExitCode.USAGE;
    }

    private Path file() {
        Path given = file == null ? option : file;
        if (given == null || (file != null && option != null)) {
            throw new ParameterException(spec.commandLine(), "which configuration? (expected: one FILE)");
        }
        return given;
    }

    private static List<ConfigProblem> problems(Path file) {
        try {
            ConfigLoader.load(file);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    private static Map<String, Object> json(ConfigProblem problem) {
        return Map.of("file", problem.file(), "line", problem.line(), "message", problem.message());
    }
}
