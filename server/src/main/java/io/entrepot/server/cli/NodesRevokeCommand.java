package io.entrepot.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code entrepot nodes revoke}. */
@Command(
        name = "revoke",
        description = "From now on no credential of this node is taken; a node that sends one is refused.")
final class NodesRevokeCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "The node, as it was named to entrepot hosts.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Override
    public void run() {
        int revoked = RunningNodes.of(config).revoke(name);
        if (revoked == 0) {
            throw CommandException.failed(name + " has no credential (entrepot nodes list shows who has)");
        }
        spec.commandLine()
                .getOut()
                .println(name + ": " + revoked + (revoked == 1 ? " credential" : " credentials") + " revoked");
        spec.commandLine().getOut().flush();
    }
}
