package io.entrepot.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code entrepot pins}: what tags are pinned to. */
@Command(
        name = "pins",
        description = "What tags are pinned to: by the lock file, and by first pulls.",
        subcommands = {
            PinsListCommand.class,
            PinsUpdateCommand.class,
            PinsPromoteCommand.class,
            PinsProposeCommand.class
        })
final class PinsCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which of list, update, promote, propose?");
    }
}
