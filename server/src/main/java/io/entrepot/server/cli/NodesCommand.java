package io.entrepot.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code entrepot nodes}: who was given a credential. */
@Command(
        name = "nodes",
        description = {
            "The nodes that have a credential of the mirror that runs here.",
            "entrepot hosts containerd --node NAME issues one."
        },
        subcommands = {NodesListCommand.class, NodesRevokeCommand.class})
final class NodesCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which of list, revoke?");
    }
}
