package io.entrepot.loadtest;

import io.entrepot.loadtest.bench.Contender;
import io.entrepot.loadtest.bench.Contenders;
import io.entrepot.loadtest.bench.Goal;
import io.entrepot.loadtest.bench.Machine;
import io.entrepot.loadtest.bench.NotRunnable;
import io.entrepot.loadtest.bench.ProcessStatus;
import io.entrepot.loadtest.bench.Report;
import io.entrepot.loadtest.bench.Samples;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** An upstream that takes connections and says nothing, for minutes, and clients that ask for what is held all the while. */
@Command(
        name = "silence",
        mixinStandardHelpOptions = true,
        version = "entrepot silence",
        description =
                "Asks a mirror for a tag that is due and for a digest that it holds, before and while its upstream takes"
                        + " connections and says nothing.",
        footer = "Exit code: 0 all goals met, 1 a goal missed, 2 wrong usage, 3 something that it needs is missing.")
public final class Silence implements Callable<Integer> {

    private static final String REPOSITORY = "bench/held";
    private static final long PACE_MILLIS = 20;
    private static final int BEFORE_SECONDS = 20;

    /** Until the upstream is given up: five requests that wait for it in vain. */
    private static final int KNOWN_AFTER_SECONDS = 60;

    private static final double MORE_MILLIS = 50;

    /** More than for a digest, which asks nobody: what the machine takes is in both. */
    private static final double TAG_MILLIS = 5;

    @Mixin
    private final MirrorJar jar = new MirrorJar();

    @Option(names = "--minutes", defaultValue = "10", description = "How long it says nothing (${DEFAULT-VALUE}).")
    private int minutes;

    @Option(
            names = "--work",
            defaultValue = "loadtest/target",
            description = "Where the store goes for the time that it runs (${DEFAULT-VALUE}).")
    private Path work = Path.of("");

    @Option(
            names = "--json",
            defaultValue = "loadtest/target/silence.json",
            description = "Where the figures go (${DEFAULT-VALUE}).")
    private Path json = Path.of("");

    private Silence() {}

    /** Runs it. */
    public static void main(String[] arguments) {
        Program.main(new Silence(), arguments);
    }

    static int run(PrintWriter err, String... arguments) {
        return Program.run(new Silence(), err, arguments);
    }

    @Override
    public Integer call() throws IOException {
        jar.file();
        if (minutes < 2 || minutes > 600) {
            throw new NotRunnable("--minutes " + minutes + " (expected: 2 to 600)");
        }
        Path home = Files.createTempDirectory(Files.createDirectories(work.toAbsolutePath()), "silence");
        try (FakeRegistry upstream = FakeRegistry.start()) {
            Report report = new Report(
                    Machine.here(),
                    "a tag that is fresh for 1 s, a digest, one request each " + PACE_MILLIS
                            + " ms, each on a connection of its own");
            TestImage image = ImageBuilder.image().seed(1).layer(4_096).build();
            upstream.push(REPOSITORY, "1", image);
            try (Contender mirror = mirror(home, upstream)) {
                measure(mirror, upstream, image, report);
            } finally {
                upstream.resume();
            }
            report.write(json);
            System.out.println(report.text());
            return report.met() ? 0 : 1;
        } finally {
            Trees.delete(home);
        }
    }

    private Contender mirror(Path home, FakeRegistry upstream) throws IOException {
        int port = Contender.freePort();
        int admin = Contender.freePort();
        Path config = Files.writeString(
                home.resolve("silence.yaml"), """
                listen: { address: 127.0.0.1, port: %d }
                admin: { address: 127.0.0.1, port: %d }
                upstreams:
                  docker.io: { url: "%s", internal: true }
                tags:
                  - { match: "**", fresh: 1s }
                storage: { disk: { path: "%s" } }
                drain: { delay: 0s, grace: 1s }
                log: { format: text }
                """.formatted(port, admin, upstream.url(), home.resolve("cache")));
        return new Contenders(home, "0-" + (Runtime.getRuntime().availableProcessors() - 1))
                .mirror("silence", jar.file(), List.of("-XX:+UseSerialGC", "-Xmx256m"), config, port, admin);
    }

    /** What clients saw in a while, in milliseconds; what failed is counted. */
    private static final class Seen {
        private final List<Double> tag = new ArrayList<>();
        private final List<Double> digest = new ArrayList<>();
        private int failed;
    }

    private void measure(Contender mirror, FakeRegistry upstream, TestImage image, Report report) {
        ask(mirror, image, BEFORE_SECONDS); // its JIT
        Seen before = ask(mirror, image, BEFORE_SECONDS);
        long threads = threads(mirror);
        long descriptors = descriptors(mirror);
        upstream.pause();
        Seen first = ask(mirror, image, KNOWN_AFTER_SECONDS);
        Seen known = ask(mirror, image, TimeUnit.MINUTES.toSeconds(minutes) - KNOWN_AFTER_SECONDS);
        double suspended = mirror.metric("entrepot_upstream_endpoints_suspended{upstream=\"docker.io\",}");
        report.add("before", figures(before));
        report.add("the first " + KNOWN_AFTER_SECONDS + " s of silence", figures(first));
        report.add("after that", figures(known));
        report.add(new Goal("requests that failed", (double) before.failed + first.failed + known.failed, 0, ""));
        report.add(new Goal("digest: p99 more than before", p99(known.digest) - p99(before.digest), MORE_MILLIS, "ms"));
        report.add(new Goal(
                "tag: p99 more than the digest's, once it is known",
                p99(known.tag) - p99(known.digest),
                TAG_MILLIS,
                "ms"));
        report.add(new Goal("endpoints that are asked all the same", 1 - suspended, 0, ""));
        report.add(new Goal("more threads", threads(mirror) - threads, 4, ""));
        report.add(new Goal("more descriptors", descriptors(mirror) - descriptors, 10, ""));
    }

    private static Map<String, Samples> figures(Seen seen) {
        Map<String, Samples> figures = new LinkedHashMap<>();
        figures.put("ms for the tag", new Samples(seen.tag));
        figures.put("ms for the tag, p99", Samples.of(p99(seen.tag)));
        figures.put("ms for the digest", new Samples(seen.digest));
        figures.put("ms for the digest, p99", Samples.of(p99(seen.digest)));
        return figures;
    }

    private static double p99(List<Double> values) {
        return new Samples(values).quantile(0.99);
    }

    private static Seen ask(Contender mirror, TestImage image, long seconds) {
        Seen seen = new Seen();
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        while (System.nanoTime() - end < 0) {
            one(mirror, "1", seen.tag, seen);
            one(mirror, image.digest().toString(), seen.digest, seen);
        }
        return seen;
    }

    private static void one(Contender mirror, String reference, List<Double> millis, Seen seen) {
        long began = System.nanoTime();
        int status = RawHttp.get(mirror.url("/v2/" + REPOSITORY + "/manifests/" + reference))
                .status();
        millis.add((System.nanoTime() - began) / 1e6);
        seen.failed += status == 200 ? 0 : 1;
        try {
            TimeUnit.MILLISECONDS.sleep(PACE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotRunnable("interrupted");
        }
    }

    private static long threads(Contender mirror) {
        return ProcessStatus.of(mirror.pid()).threads();
    }

    private static long descriptors(Contender mirror) {
        String[] open =
                Path.of("/proc", Long.toString(mirror.pid()), "fd").toFile().list();
        if (open == null) {
            throw new NotRunnable("the descriptors of " + mirror.pid() + " cannot be counted");
        }
        return open.length;
    }
}
