package io.entrepot.server.cli;

import io.entrepot.server.inspect.SightingLines;
import io.entrepot.server.inspect.StateDir;
import io.entrepot.server.pull.Sighting;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code entrepot cache misses}. */
@Command(
        name = "misses",
        description = {
            "Lists what an offline mirror was asked for and did not have: what, how often, when last, the name.",
            "What --names prints, entrepot warm takes at a mirror that may ask."
        })
final class MissesCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--names",
            description = "Only the names, one a line, each once; a list of tags is nothing to bring.")
    private boolean names;

    @Option(names = "--clear", description = "Forgets them after they were printed.")
    private boolean clear;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final Output output = new Output();

    @Override
    public void run() {
        StateDir state = StateDir.of(config.withoutSecrets());
        SeenNames misses = new SeenNames(state.adminSocket(), "/api/v1/misses", state.misses());
        PrintWriter out = spec.commandLine().getOut();
        List<Sighting> seen = misses.read();
        if (names) {
            seen.stream()
                    .filter(each -> !each.kind().equals("tags"))
                    .map(Sighting::name)
                    .distinct()
                    .forEach(out::println);
        } else {
            seen.forEach(each -> out.println(output.isJson() ? SightingLines.line(each) : row(each)));
        }
        out.flush();
        if (clear) {
            misses.clear();
        }
    }

    private static String row(Sighting miss) {
        return String.format("%-9s %7d  %s  %s", miss.kind(), miss.count(), Times.text(miss.last()), miss.name());
    }
}
