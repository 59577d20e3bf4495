package io.entrepot.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.config.MirrorConfig;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.inspect.PinLines;
import io.entrepot.server.inspect.StateDir;
import io.entrepot.server.inspect.Stores;
import io.entrepot.storage.disk.DiskStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code entrepot pins list}. */
@Command(
        name = "list",
        description = {
            "Lists what tags are pinned to: by the lock file (lock), by a first pull (first-pull), or not yet, since nobody"
                    + " promoted it (proposal); and tags that went back to a digest that they had left (return).",
            "Where the upstream last said another digest, that follows. Through a running mirror, else from the store."
        })
final class PinsListCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--drift", description = "Only those of which the upstream last said something else.")
    private boolean drift;

    @Mixin
    private final PinOptions pins = new PinOptions();

    @Mixin
    private final Output output = new Output();

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        AdminLines.find(StateDir.of(pins.config()).adminSocket())
                .map(mirror -> new RunningPins(mirror).all())
                .orElseGet(this::stored)
                .stream()
                .filter(line -> !drift || line.path("drift").asBoolean())
                .forEach(line -> out.println(output.isJson() ? line.toString() : row(line)));
        out.flush();
    }

    private List<JsonNode> stored() {
        MirrorConfig config = pins.config();
        try (DiskStore store = Stores.existing(config, incident -> {})) {
            return new PinLines(pins.read(), store.tags())
                    .all().stream().map(line -> Json.parse(Json.text(line))).toList();
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()));
        }
    }

    private static String row(JsonNode line) {
        String moved = line.path("drift").asBoolean()
                ? "  upstream: " + line.path("upstream").asText()
                : "";
        String by = line.path("by").asText("");
        return String.format(
                "%-10s  %s  %s%s%s",
                line.path("kind").asText(),
                line.path("digest").asText(),
                line.path("image").asText(),
                by.isEmpty() ? "" : "  (" + by + ")",
                moved);
    }
}
