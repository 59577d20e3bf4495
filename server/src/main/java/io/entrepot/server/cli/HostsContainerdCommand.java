package io.entrepot.server.cli;

import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Registry;
import io.entrepot.server.node.ContainerdHosts;
import io.entrepot.server.node.NodeFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code entrepot hosts containerd}. */
@Command(
        name = "containerd",
        description = {
            "Writes hosts.toml for _default and for each registry: every pull goes to the mirror, and nowhere else.",
            "Without --dir the files are printed. containerd must have exactly this directory as its config_path;"
                    + " it reads the files again for each pull."
        })
final class HostsContainerdCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = {"-e", "--endpoint"},
            required = true,
            paramLabel = "URL",
            description = "Where the mirror is, https://host:port; may be given again for a second one.")
    private List<URI> endpoints = List.of();

    @Option(names = "--ca", paramLabel = "FILE", description = "The certificate authority of the mirror, PEM.")
    private @Nullable Path ca;

    @Option(
            names = {"-r", "--registry"},
            paramLabel = "HOST",
            description = "A registry that gets a directory of its own; default: those that a mirror has by default.")
    private List<String> registries = List.of();

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST",
            description = "A registry that stays open behind the mirror, for nodes that start before it does.")
    private List<String> bootstrap = List.of();

    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            description = "Where to write, as in /etc/containerd/certs.d.")
    private @Nullable Path directory;

    @Option(names = "--force", description = "Write over files that are somebody else's.")
    private boolean force;

    @Override
    public void run() {
        Map<String, String> files = hosts().files();
        if (directory == null) {
            files.forEach(this::print);
        } else {
            write(directory, files);
        }
    }

    private ContainerdHosts hosts() {
        Map<Registry, UpstreamConfig> defaults = ConfigLoader.defaults().upstreams();
        try {
            Map<Registry, URI> open = bootstrap.stream()
                    .map(Registry::parse)
                    .distinct()
                    .collect(Collectors.toMap(Function.identity(), registry -> address(registry, defaults)));
            Set<Registry> closed = registries.isEmpty()
                    ? new HashSet<>(defaults.keySet())
                    : registries.stream().map(Registry::parse).collect(Collectors.toCollection(HashSet::new));
            closed.removeAll(open.keySet());
            return new ContainerdHosts(endpoints, authority(), closed, open);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    private static URI address(Registry registry, Map<Registry, UpstreamConfig> defaults) {
        UpstreamConfig known = defaults.get(registry);
        return known == null ? URI.create("https://" + registry) : known.url();
    }

    private Optional<String> authority() {
        if (ca == null) {
            return Optional.empty();
        }
        try {
            String pem = Files.readString(ca);
            if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
                throw CommandException.failed(ca + " has no certificate in it (expected: PEM)");
            }
            return Optional.of(pem);
        } catch (IOException e) {
            throw CommandException.failed(ca + " cannot be read");
        }
    }

    private void print(String name, String text) {
        spec.commandLine().getOut().println("# --- " + name + "\n" + text);
    }

    private void write(Path directory, Map<String, String> files) {
        NodeFiles node = new NodeFiles(directory);
        try {
            List<Path> foreign = node.foreign(files);
            if (!force && !foreign.isEmpty()) {
                throw CommandException.failed(
                        "these files are not ours, nothing was written (--force writes over them): "
                                + foreign.stream().map(Path::toString).collect(Collectors.joining(", ")));
            }
            node.write(files);
            files.keySet().forEach(name -> spec.commandLine().getOut().println(directory.resolve(name)));
            warn(node.bypasses(files));
        } catch (IOException e) {
            throw CommandException.failed("cannot write under " + directory + ": " + e.getMessage());
        }
    }

    private void warn(List<Path> bypasses) {
        PrintWriter err = spec.commandLine().getErr();
        bypasses.forEach(file -> err.println("entrepot: " + file + " is not ours, and pulls that it rules go by it"));
        err.flush();
    }
}
