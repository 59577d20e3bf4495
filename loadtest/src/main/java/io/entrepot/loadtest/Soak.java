package io.entrepot.loadtest;

import io.entrepot.loadtest.bench.NotRunnable;
import io.entrepot.loadtest.soak.Siege;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Hours of a fleet, compressed into minutes: mixed clients, faults, evictions, scrubs, reloads, and a drain at the end. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        version = "entrepot soak",
        description =
                "Runs a fleet of mixed clients against a mirror with a small store and a bad upstream, and looks at"
                        + " the slopes of its memory, descriptors and threads.",
        footer = "Exit code: 0 nothing wrong and nothing grows, 1 something is, 2 wrong usage, 3 something is missing.")
public final class Soak implements Callable<Integer> {

    @Mixin
    private final MirrorJar jar = new MirrorJar();

    @Option(
            names = "--java-options",
            split = " ",
            defaultValue = "-XX:+UseSerialGC -Xms256m -Xmx256m -XX:+AlwaysPreTouch -XX:MaxDirectMemorySize=256m",
            description = "For the mirror's JVM (${DEFAULT-VALUE}).")
    private List<String> javaOptions = List.of();

    @Option(names = "--minutes", defaultValue = "10", description = "How long (${DEFAULT-VALUE}).")
    private int minutes;

    @Option(names = "--clients", defaultValue = "32", description = "Clients at a time (${DEFAULT-VALUE}).")
    private int clients;

    private Soak() {}

    /** Runs it. */
    public static void main(String[] arguments) {
        Program.main(new Soak(), arguments);
    }

    static int run(PrintWriter err, String... arguments) {
        return Program.run(new Soak(), err, arguments);
    }

    @Override
    public Integer call() throws Exception {
        if (minutes < 1 || minutes > 600 || clients < 1 || clients > 1_000) {
            throw new NotRunnable(
                    "--minutes " + minutes + " --clients " + clients + " (expected: 1 to 600, 1 to 1000)");
        }
        Path work = Files.createTempDirectory("soak");
        try {
            Siege siege = new Siege(jar.file(), javaOptions, work, clients);
            siege.run(minutes * 60);
            System.out.print(siege.report());
            return siege.held() ? 0 : 1;
        } finally {
            Trees.delete(work);
        }
    }
}
