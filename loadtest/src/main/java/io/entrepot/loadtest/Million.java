package io.entrepot.loadtest;

import io.entrepot.loadtest.bench.Contenders;
import io.entrepot.loadtest.bench.Growth;
import io.entrepot.loadtest.bench.HotRace;
import io.entrepot.loadtest.bench.Machine;
import io.entrepot.loadtest.bench.NotRunnable;
import io.entrepot.loadtest.bench.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what a million blobs in the store cost: at start, in memory, in serving, in eviction. */
@Command(
        name = "million",
        mixinStandardHelpOptions = true,
        version = "entrepot million",
        description = "Measures the mirror on a store of many tiny blobs beside the mirror on a store of few.",
        footer = "Exit code: 0 all goals met, 1 a goal missed, 2 wrong usage, 3 something that it needs is missing.")
public final class Million implements Callable<Integer> {

    @Mixin
    private final MirrorJar jar = new MirrorJar();

    @Option(
            names = "--java-options",
            split = " ",
            defaultValue = "-XX:+UseSerialGC -Xmx256m -Xmn32m",
            description = "For the mirror's JVM (${DEFAULT-VALUE}).")
    private List<String> javaOptions = List.of();

    @Option(
            names = "--no-archive",
            negatable = true,
            description =
                    "Whether mirrors start with an archive of classes, as bin/entrepot-prepare makes it; default: they do.")
    private boolean archive = true;

    @Option(names = "--blobs", defaultValue = "1000000", description = "Blobs in the large store (${DEFAULT-VALUE}).")
    private int blobs;

    @Option(names = "--few", defaultValue = "1000", description = "Blobs in the small store (${DEFAULT-VALUE}).")
    private int few;

    @Option(names = "--starts", defaultValue = "7", description = "Starts of each (${DEFAULT-VALUE}).")
    private int starts;

    @Option(
            names = "--rounds",
            defaultValue = "9",
            description = "Rounds of serving; the first two are dropped (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "2", description = "Seconds for each turn (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--server-cpu", defaultValue = "0", description = "The core of the servers (${DEFAULT-VALUE}).")
    private int serverCpu;

    @Option(
            names = "--load-cpu",
            defaultValue = "1",
            description = "The core of the load and of the upstream (${DEFAULT-VALUE}).")
    private int loadCpu;

    @Option(
            names = "--work",
            defaultValue = "loadtest/target",
            description = "Where the stores go for the time that it runs (${DEFAULT-VALUE}); about 5 GB for a million.")
    private Path work = Path.of("");

    @Option(
            names = "--json",
            defaultValue = "loadtest/target/million.json",
            description = "Where the figures go (${DEFAULT-VALUE}).")
    private Path json = Path.of("");

    private Million() {}

    /** Runs it. */
    public static void main(String[] arguments) {
        Program.main(new Million(), arguments);
    }

    static int run(PrintWriter err, String... arguments) {
        return Program.run(new Million(), err, arguments);
    }

    @Override
    public Integer call() throws IOException {
        check();
        Machine.pin(loadCpu);
        Path home = Files.createTempDirectory(Files.createDirectories(work.toAbsolutePath()), "million");
        try (FakeRegistry upstream = FakeRegistry.start()) {
            Report report = new Report(Machine.here(), setting());
            Contenders contenders = new Contenders(home, Integer.toString(serverCpu));
            List<String> options =
                    archive ? contenders.prepared(jar.file(), javaOptions, upstream) : List.copyOf(javaOptions);
            new Growth(
                            upstream,
                            contenders,
                            jar.file(),
                            options,
                            few,
                            blobs,
                            starts,
                            rounds,
                            Duration.ofSeconds(seconds))
                    .run(report);
            report.write(json);
            System.out.println(report.text());
            return report.met() ? 0 : 1;
        } finally {
            Trees.delete(home);
        }
    }

    private void check() {
        jar.file();
        HotRace.requireRounds(rounds);
        if (few < 1 || blobs <= few || starts < 1) {
            throw new NotRunnable("--few " + few + " --blobs " + blobs + " --starts " + starts
                    + " (expected: at least 1, more than that, at least 1)");
        }
    }

    private String setting() {
        return few + " and " + blobs + " blobs of 4 to 64 bytes; mirrors start on every core and serve on core "
                + serverCpu + ", load and upstream on core " + loadCpu + "; " + String.join(" ", javaOptions)
                + (archive ? " and an archive of classes" : "");
    }
}
