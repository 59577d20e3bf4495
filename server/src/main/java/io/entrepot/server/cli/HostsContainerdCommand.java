package io.entrepot.server.cli;

import io.entrepot.config.ConfigLoader;
import io.entrepot.config.FileReason;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Registry;
import io.entrepot.server.node.ContainerdHosts;
import io.entrepot.server.node.NodeFiles;
import io.entrepot.server.node.NodeSetup;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
                    + " it reads the files again for each pull. Also for nerdctl, and for dockerd 28.5 or later with"
                    + " containerd's image store (--dir /etc/docker/certs.d)."
        })
final class HostsContainerdCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final MirrorOptions mirror = new MirrorOptions();

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST",
            description = "A registry that stays open behind the mirror, for nodes that start before it does.")
    private List<String> bootstrap = List.of();

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = {
                "Issues a credential to this node and writes it into the files: the mirror knows the node by it",
                "(access.nodes). Asks the mirror that runs here; each node has its own files then."
            })
    private String node = "";

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final DeliveryOptions delivery = new DeliveryOptions();

    @Override
    public void run() {
        try {
            NodeSetup setup = hosts().setup();
            delivery.deliver(setup, spec.commandLine().getOut());
            warn(setup);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    private ContainerdHosts hosts() {
        Map<Registry, UpstreamConfig> defaults = ConfigLoader.defaults().upstreams();
        Map<Registry, URI> open = bootstrap.stream()
                .map(Registry::parse)
                .distinct()
                .collect(Collectors.toMap(Function.identity(), registry -> address(registry, defaults)));
        Set<Registry> closed = mirror.registries();
        closed.removeAll(open.keySet());
        return new ContainerdHosts(
                mirror.endpoints(),
                closed,
                open,
                node.isEmpty() ? "" : RunningNodes.of(config).issue(node));
    }

    private static URI address(Registry registry, Map<Registry, UpstreamConfig> defaults) {
        UpstreamConfig known = defaults.get(registry);
        return known == null ? URI.create("https://" + registry) : known.url();
    }

    private void warn(NodeSetup setup) {
        Path directory = delivery.directory();
        if (directory == null) {
            return;
        }
        PrintWriter err = spec.commandLine().getErr();
        try {
            new NodeFiles(directory)
                    .bypasses(setup.files())
                    .forEach(file ->
                            err.println("entrepot: " + file + " is not ours, and pulls that it rules go by it"));
        } catch (IOException e) {
            throw CommandException.failed("cannot read " + directory + ": " + FileReason.of(directory, e));
        }
        err.flush();
    }
}
