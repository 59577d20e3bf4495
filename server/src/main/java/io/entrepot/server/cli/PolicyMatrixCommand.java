package io.entrepot.server.cli;

import io.entrepot.config.MirrorConfig;
import io.entrepot.oci.Registry;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.inspect.PolicyMatrix;
import io.entrepot.server.inspect.PolicyMatrix.Cell;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code entrepot policy matrix}: which namespaces may pull from which registries. */
@Command(
        name = "matrix",
        description = {
            "Prints namespaces by registries: all, some or none of what a registry has may be pulled there.",
            "Namespaces are those that rules and rights name, and `(none)` for whoever is in none. A pattern among them is"
                    + " tried as a name that it matches."
        })
final class PolicyMatrixCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--namespace",
            split = ",",
            paramLabel = "NS",
            description = "These, instead of those that the rules name.")
    private List<String> namespaces = List.of();

    @Option(
            names = {"-r", "--registry"},
            split = ",",
            paramLabel = "HOST",
            description = "These, instead of the configuration's upstreams.")
    private List<String> registries = List.of();

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        MirrorConfig loaded = config.withoutSecrets();
        PolicyMatrix matrix = new PolicyMatrix(loaded, config.rulings(loaded), Instant.now());
        List<String> rows = namespaces.isEmpty() ? matrix.namespaces() : namespaces;
        List<Registry> columns = registries.isEmpty()
                ? matrix.registries()
                : registries.stream().map(Registry::parse).toList();
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            out.println(Json.text(json(matrix, rows, columns)));
        } else {
            print(out, matrix, rows, columns);
        }
        out.flush();
        return ExitCode.OK;
    }

    private static void print(PrintWriter out, PolicyMatrix matrix, List<String> rows, List<Registry> columns) {
        int first = Math.max(10, rows.stream().mapToInt(String::length).max().orElse(0));
        out.println(line(first, "", columns.stream().map(Registry::name).toList(), columns));
        for (String namespace : rows) {
            List<String> cells = columns.stream()
                    .map(registry -> matrix.cell(namespace, registry).name().toLowerCase(Locale.ROOT))
                    .toList();
            out.println(line(first, namespace.isEmpty() ? "(none)" : namespace, cells, columns));
        }
    }

    private static String line(int first, String head, List<String> cells, List<Registry> columns) {
        StringBuilder line = new StringBuilder(head + " ".repeat(first - head.length()));
        for (int i = 0; i < cells.size(); i++) {
            int width = Math.max(4, columns.get(i).name().length());
            line.append("  ")
                    .append(cells.get(i))
                    .append(" ".repeat(width - cells.get(i).length()));
        }
        return line.toString().stripTrailing();
    }

    private static Map<String, Object> json(PolicyMatrix matrix, List<String> rows, List<Registry> columns) {
        Map<String, Object> json = new LinkedHashMap<>();
        for (String namespace : rows) {
            Map<String, Object> cells = new LinkedHashMap<>();
            for (Registry registry : columns) {
                Cell cell = matrix.cell(namespace, registry);
                cells.put(registry.name(), cell.name().toLowerCase(Locale.ROOT));
            }
            json.put(namespace, cells);
        }
        return json;
    }
}
