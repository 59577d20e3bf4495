package io.entrepot.server.cli;

import io.entrepot.config.ConfigLoader;
import io.entrepot.oci.Registry;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.node.doctor.Diagnosis;
import io.entrepot.server.node.doctor.Diagnosis.Remark;
import io.entrepot.server.node.doctor.Diagnosis.Row;
import io.entrepot.server.node.doctor.Diagnosis.State;
import io.entrepot.server.node.doctor.Doctor;
import io.entrepot.server.node.doctor.Finding;
import io.entrepot.server.node.doctor.NodeRoot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code entrepot doctor}: whether what the mirror refuses is refused on this node. */
@Command(
        name = "doctor",
        description = {
            "Says whether what the mirror refuses is refused on this node, or fetched around it: reads the configuration of"
                    + " containerd, docker, podman, CRI-O, k3s and RKE2, and asks each address that they would ask for an image"
                    + " that every mirror refuses (entrepot-canary).",
            "Registries themselves are not asked. Exit code 1: there is a way around, or it could not be said."
        })
final class DoctorCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description = "Where the node's files are, as in a container on it; default: ${DEFAULT-VALUE}.")
    private Path root = Path.of("/");

    @Option(
            names = "--runtime",
            paramLabel = "NAME",
            split = ",",
            description = "Only this: containerd, docker, podman (also CRI-O), k3s or rke2; default: what is there.")
    private Set<String> runtimes = new LinkedHashSet<>();

    @Option(
            names = "--release",
            paramLabel = "RUNTIME=VERSION",
            description =
                    "The version that runs, containerd=1.7.24 or docker=29.0; default: asked of the program where it"
                            + " can be, else all that there are.")
    private Map<String, String> versions = Map.of();

    @Option(
            names = {"-r", "--registry"},
            paramLabel = "HOST",
            description =
                    "A registry to look at beside those that the configuration names; default: those that a mirror has"
                            + " by default.")
    private List<String> registries = List.of();

    @Option(
            names = "--no-canary",
            description = "Ask nobody: what is no registry itself is taken for a mirror that refuses.")
    private boolean silent;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        Diagnosis found = examine();
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            out.println(Json.text(found.facts()));
        } else {
            print(out, found);
        }
        out.flush();
        return found.isClosed() ? ExitCode.OK : ExitCode.FAILED;
    }

    private Diagnosis examine() {
        if (!Files.isDirectory(root)) {
            throw CommandException.usage(
                    "--root: " + root + (Files.exists(root) ? " is no directory" : " does not exist")
                            + " (expected: where the node's files are)");
        }
        NodeRoot node = new NodeRoot(root);
        try {
            return Doctor.examine(node, runtimes, RuntimeVersions.of(node, versions), named(), !silent);
        } catch (IOException e) {
            throw CommandException.failed("the node's files cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }

    private Set<String> named() {
        Set<String> named = new TreeSet<>();
        registries.forEach(registry -> named.add(Registry.parse(registry).name()));
        if (registries.isEmpty()) {
            ConfigLoader.defaults().upstreams().keySet().forEach(registry -> named.add(registry.name()));
        }
        return named;
    }

    private static void print(PrintWriter out, Diagnosis found) {
        String last = "";
        for (Row row : found.rows()) {
            String head = row.releases().isEmpty() ? row.runtime() : row.releases();
            if (!head.equals(last)) {
                out.println(head);
                last = head;
            }
            String registry = row.registry().equals("*") ? "any other" : row.registry();
            out.printf("  %-22s %-7s %s%n", registry, state(row.state()), asked(row.asked()));
        }
        int number = 0;
        for (Remark remark : found.remarks()) {
            out.println();
            print(out, ++number, remark);
        }
        out.println();
        out.println(found.isClosed() ? "closed: what the mirror refuses is refused" : "not closed");
    }

    private static void print(PrintWriter out, int number, Remark remark) {
        Finding finding = remark.finding();
        out.printf(
                "%d. %s %s: %s%s%n",
                number,
                finding.level().name().toLowerCase(Locale.ROOT),
                finding.where(),
                finding.what(),
                remark.releases().isEmpty() ? "" : " [" + remark.releases() + "]");
        out.println("   fix: " + finding.fix());
    }

    private static String state(State state) {
        return state == State.CLOSED ? "closed" : state.name();
    }

    private static String asked(List<String> asked) {
        return asked.isEmpty() ? "nobody is asked" : "asks " + String.join(", then ", asked);
    }
}
