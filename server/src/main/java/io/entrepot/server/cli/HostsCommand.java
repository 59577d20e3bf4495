package io.entrepot.server.cli;

import io.entrepot.server.node.NodeSoftware;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code entrepot hosts}: the files that send a node's pulls through the mirror. */
@Command(name = "hosts", description = "Writes the files that send a node's pulls through the mirror.")
final class HostsCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** The command with one subcommand for each software. */
    static CommandLine withSoftware() {
        CommandLine hosts = new CommandLine(new HostsCommand()).addSubcommand(new HostsContainerdCommand());
        for (NodeSoftware software : NodeSoftware.values()) {
            CommandLine one = new CommandLine(new HostsSoftwareCommand(software));
            one.getCommandSpec()
                    .usageMessage()
                    .description(
                            "The files that send " + software.label() + " through the mirror; at home in "
                                    + software.directory() + ".",
                            software.refusals());
            hosts.addSubcommand(software.label(), one);
        }
        return hosts;
    }

    @Override
    public void run() {
        String known = Stream.concat(
                        Stream.of("containerd"),
                        Stream.of(NodeSoftware.values()).map(NodeSoftware::label))
                .collect(Collectors.joining(", "));
        throw new ParameterException(spec.commandLine(), "for which software? (expected: " + known + ")");
    }
}
