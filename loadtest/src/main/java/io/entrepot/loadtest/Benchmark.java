package io.entrepot.loadtest;

import io.entrepot.loadtest.bench.Comparison;
import io.entrepot.loadtest.bench.Contenders;
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

/** Measures the mirror against nginx, and cold pulls through it against direct ones, on this machine. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        version = "entrepot bench",
        description =
                "Measures the mirror's CPU for each unit of work against nginx, and cold pulls against direct ones.",
        footer = "Exit code: 0 all goals met, 1 a goal missed, 2 wrong usage, 3 something that it needs is missing.")
public final class Benchmark implements Callable<Integer> {

    @Mixin
    private final MirrorJar jar = new MirrorJar();

    @Option(
            names = "--java-options",
            split = " ",
            defaultValue = "-XX:+UseSerialGC -Xmx256m -Xmn32m",
            description = "For the mirror's JVM (${DEFAULT-VALUE}).")
    private List<String> javaOptions = List.of();

    @Option(names = "--nginx", defaultValue = "nginx", description = "The nginx binary (${DEFAULT-VALUE}).")
    private String nginx = "";

    @Option(
            names = "--docker-registry",
            defaultValue = "",
            description = "A docker-registry binary to compare with, if there is one.")
    private String dockerRegistry = "";

    @Option(names = "--server-cpu", defaultValue = "0", description = "The core of the servers (${DEFAULT-VALUE}).")
    private int serverCpu;

    @Option(
            names = "--load-cpu",
            defaultValue = "1",
            description = "The core of the load and of the upstream (${DEFAULT-VALUE}).")
    private int loadCpu;

    @Option(
            names = "--rounds",
            defaultValue = "9",
            description = "Rounds; the first two are dropped (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "2", description = "Seconds for each turn (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--json",
            defaultValue = "loadtest/target/bench.json",
            description = "Where the figures go (${DEFAULT-VALUE}).")
    private Path json = Path.of("");

    private Benchmark() {}

    /** Runs it. */
    public static void main(String[] arguments) {
        Program.main(new Benchmark(), arguments);
    }

    static int run(PrintWriter err, String... arguments) {
        return Program.run(new Benchmark(), err, arguments);
    }

    @Override
    public Integer call() throws IOException {
        String nginxVersion = prepare();
        Path work = Files.createTempDirectory(
                Files.createDirectories(json.toAbsolutePath().getParent()), "bench");
        try (FakeRegistry upstream = FakeRegistry.builder()
                .latency(Duration.ofMillis(20))
                .bandwidthEach(100_000_000)
                .start()) {
            Report report = new Report(Machine.here(), setting(nginxVersion));
            comparison(upstream, new Contenders(work, Integer.toString(serverCpu)))
                    .run(report);
            report.write(json);
            System.out.println(report.text());
            return report.met() ? 0 : 1;
        } finally {
            Trees.delete(work);
        }
    }

    private String prepare() {
        jar.file();
        HotRace.requireRounds(rounds);
        if (Runtime.getRuntime().availableProcessors() < 2 && serverCpu != loadCpu) {
            throw new NotRunnable("one core only (expected: two, one for the servers and one for the load)");
        }
        String version = Machine.firstLine(nginx, "-v");
        Machine.pin(loadCpu);
        return version;
    }

    private String setting(String nginxVersion) {
        return "servers on core " + serverCpu + ", load and upstream on core " + loadCpu + "; mirror "
                + String.join(" ", javaOptions) + "; " + nginxVersion + "; upstream 20 ms, 100 MB/s a connection";
    }

    private Comparison comparison(FakeRegistry upstream, Contenders contenders) {
        return new Comparison(
                upstream,
                contenders,
                jar.file(),
                javaOptions,
                nginx,
                dockerRegistry,
                rounds,
                Duration.ofSeconds(seconds));
    }
}
