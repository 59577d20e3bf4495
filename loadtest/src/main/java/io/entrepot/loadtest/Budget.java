package io.entrepot.loadtest;

import io.entrepot.loadtest.bench.NotRunnable;
import io.entrepot.loadtest.budget.FastDay;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A cluster before an upstream that limits it as Docker Hub does: hours, compressed into minutes. */
@Command(
        name = "budget",
        mixinStandardHelpOptions = true,
        version = "entrepot budget",
        description =
                "Plays hours of a cluster before a mirror whose upstream grants 100 manifests in six hours, and holds"
                        + " what the mirror asks against the least that would do.",
        footer = "Exit code: 0 nothing cached failed and little was asked, 1 otherwise, 2 wrong usage, 3 something is"
                + " missing.")
public final class Budget implements Callable<Integer> {

    @Mixin
    private final MirrorJar jar = new MirrorJar();

    @Option(
            names = "--java-options",
            split = " ",
            defaultValue = "-XX:+UseSerialGC -Xmx256m",
            description = "For the mirror's JVM (${DEFAULT-VALUE}).")
    private List<String> javaOptions = List.of();

    @Option(names = "--hours", defaultValue = "24", description = "How long it is to seem (${DEFAULT-VALUE}).")
    private int hours;

    @Option(names = "--speed", defaultValue = "360", description = "How much faster time passes (${DEFAULT-VALUE}).")
    private int speed;

    @Option(names = "--nodes", defaultValue = "500", description = "Nodes of the cluster (${DEFAULT-VALUE}).")
    private int nodes;

    @Option(names = "--images", defaultValue = "200", description = "Images that they pull (${DEFAULT-VALUE}).")
    private int images;

    @Option(names = "--pulls", defaultValue = "1000", description = "Pulls of all in an hour (${DEFAULT-VALUE}).")
    private int pulls;

    @Option(names = "--limit", defaultValue = "100", description = "Manifests granted in six hours (${DEFAULT-VALUE}).")
    private int limit;

    private Budget() {}

    /** Runs it. */
    public static void main(String[] arguments) {
        Program.main(new Budget(), arguments);
    }

    static int run(PrintWriter err, String... arguments) {
        return Program.run(new Budget(), err, arguments);
    }

    @Override
    public Integer call() throws Exception {
        require("--hours", hours, 1, 1_000);
        require("--speed", speed, 1, 720);
        require("--nodes", nodes, 1, 10_000);
        require("--images", images, 20, 10_000);
        require("--pulls", pulls, 1, 100_000);
        require("--limit", limit, 1, 1_000_000);
        Path work = Files.createTempDirectory("budget");
        try {
            FastDay day = new FastDay(
                    work, new FastDay.Setting(jar.file(), javaOptions, hours, speed, nodes, images, pulls, limit));
            day.run();
            System.out.print(day.report());
            return day.held() ? 0 : 1;
        } finally {
            Trees.delete(work);
        }
    }

    private static void require(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new NotRunnable(option + " " + value + " (expected: " + least + " to " + most + ")");
        }
    }
}
