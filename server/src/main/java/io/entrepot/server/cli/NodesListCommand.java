package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code entrepot nodes list}. */
@Command(
        name = "list",
        description =
                "Lists them: name, when the credential was issued, the beginning of its hash. One with two lines was"
                        + " given another, and may use both.")
final class NodesListCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final Output output = new Output();

    @Override
    public void run() {
        JsonNode nodes = RunningNodes.of(config).list();
        PrintWriter out = spec.commandLine().getOut();
        if (output.isJson()) {
            out.println(nodes);
        } else {
            nodes.forEach(node -> out.println(String.format(
                    "%-30s %s  %s",
                    node.path("name").asText(),
                    node.path("issued").asText(),
                    node.path("sha256").asText().substring(0, 12))));
        }
        out.flush();
    }
}
