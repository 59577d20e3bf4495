package io.entrepot.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code entrepot hosts}: the files that send a node's pulls through the mirror. */
@Command(
        name = "hosts",
        description = "Writes the files that send a node's pulls through the mirror.",
        subcommands = HostsContainerdCommand.class)
final class HostsCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "for which software? (expected: containerd)");
    }
}
