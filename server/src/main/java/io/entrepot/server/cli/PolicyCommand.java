package io.entrepot.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code entrepot policy}: what the rules of a configuration say, without a mirror that runs. */
@Command(
        name = "policy",
        description = "Says what the rules of a configuration make of images, without a mirror that runs.",
        subcommands = {
            PolicyCheckCommand.class,
            PolicyTestCommand.class,
            PolicyMatrixCommand.class,
            PolicySuggestCommand.class,
            PolicyDiffCommand.class
        })
final class PolicyCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "what of it? (expected: check, test, matrix, suggest or diff)");
    }
}
