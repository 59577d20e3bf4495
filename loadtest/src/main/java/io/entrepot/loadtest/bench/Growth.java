package io.entrepot.loadtest.bench;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.TestImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What a store of many blobs costs beside one of few: to start, to keep in memory, to serve from, to evict from. */
public record Growth(
        FakeRegistry upstream,
        Contenders contenders,
        Path jar,
        List<String> javaOptions,
        int few,
        int many,
        int starts,
        int rounds,
        Duration turn) {

    private static final String FEW = "few";
    private static final String MANY = "many";
    private static final String REPOSITORY = "bench/hot";
    private static final String UNLIMITED = "unlimited";
    private static final int HOT_BLOB = 4_096;
    private static final int QUIET_CONNECTIONS = 4;
    private static final int EVICTIONS = 5;

    private static final double READY_MILLIS = 2_000;
    private static final double MEMORY_MB = 100;
    private static final double HOT_CPU = 1.1;
    private static final double EVICTION_MICROS = 100;
    private static final double HOT_P99 = 1.5;

    /** Fills both stores, measures, and writes down what it saw. */
    public void run(Report report) throws IOException {
        say("writing " + few + " and " + many + " blobs");
        new BulkStore(contenders.store(FEW), few).fill();
        BulkStore store = new BulkStore(contenders.store(MANY), many);
        store.fill();
        onEveryCore().withoutIndex(report);
        onEveryCore().starts(report);
        serve(report);
        say("evicting");
        double evicted = evict(report);
        double unlink = unlink(report, store);
        report.add(new Goal("eviction: CPU of a blob, beside the unlink", evicted - unlink, EVICTION_MICROS, "us"));
    }

    /** Unlinks some files; microseconds of CPU for each. By CPU, for the time of both is the disk's. */
    private double unlink(Report report, BulkStore store) throws IOException {
        int files = many / 20;
        double before = CpuTime.seconds(ProcessHandle.current());
        double seconds = store.unlink(files);
        double cpu = (CpuTime.seconds(ProcessHandle.current()) - before) * 1e6 / files;
        Map<String, Samples> figures = new LinkedHashMap<>();
        figures.put("us for a file", Samples.of(seconds * 1e6));
        figures.put("us of CPU for a file", Samples.of(cpu));
        report.add("plain unlink", figures);
        return cpu;
    }

    private Growth onEveryCore() {
        return new Growth(upstream, contenders.onEveryCore(), jar, javaOptions, few, many, starts, rounds, turn);
    }

    private Contender start(String name, String maxSize) {
        return contenders.mirror(name, jar, javaOptions, upstream, maxSize);
    }

    /** The first start of each: the mirror looks at every file, while it serves. */
    private void withoutIndex(Report report) {
        say("starting without an index");
        Map<String, Samples> figures = new LinkedHashMap<>();
        try (Contender mirror = start(FEW, UNLIMITED)) {
            atRest(mirror);
        }
        try (Contender mirror = start(MANY, UNLIMITED)) {
            long start = System.nanoTime();
            figures.put("ms until it is ready", Samples.of(mirror.readyMillis()));
            await("the index", () -> mirror.metric("entrepot_store_blobs") >= many);
            figures.put("s until the index is whole", Samples.of((System.nanoTime() - start) / 1e9));
            figures.put("s of CPU for that", Samples.of(mirror.cpuSeconds()));
            atRest(mirror);
            figures.put("MB resident then", Samples.of(megabytes(mirror)));
            report.add(new Goal("start without an index: ready", mirror.readyMillis(), READY_MILLIS, "ms"));
        }
        report.add(many + " blobs, first start, no index file", figures);
    }

    private void starts(Report report) {
        Map<String, List<Double>> rows = new LinkedHashMap<>();
        for (int round = 0; round < starts; round++) {
            for (String name : List.of(FEW, MANY)) {
                say("start " + round + " " + name);
                try (Contender mirror = start(name, UNLIMITED)) {
                    row(rows, name + ": ms until it is ready", mirror.readyMillis());
                    row(rows, name + ": MB resident then", megabytes(mirror));
                    atRest(mirror);
                    row(rows, name + ": s of CPU until it rests", mirror.cpuSeconds());
                    row(rows, name + ": MB resident then, at rest", megabytes(mirror));
                }
            }
        }
        Map<String, Samples> figures = new LinkedHashMap<>();
        rows.forEach((name, values) -> figures.put(name, new Samples(values)));
        report.add(few + " and " + many + " blobs, " + starts + " starts each, in turns", figures);
        goals(report, figures);
    }

    private static void goals(Report report, Map<String, Samples> figures) {
        report.add(new Goal("start: ready", median(figures, MANY + ": ms until it is ready"), READY_MILLIS, "ms"));
        for (String when : List.of("then", "then, at rest")) {
            double more =
                    median(figures, MANY + ": MB resident " + when) - median(figures, FEW + ": MB resident " + when);
            report.add(new Goal(
                    "start: more memory, " + (when.equals("then") ? "ready" : "at rest"), more, MEMORY_MB, "MB"));
        }
    }

    private static double median(Map<String, Samples> figures, String name) {
        Samples samples = figures.get(name);
        if (samples == null) {
            throw new IllegalArgumentException(name + " was not measured");
        }
        return samples.median();
    }

    private static void row(Map<String, List<Double>> rows, String name, double value) {
        rows.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }

    private void serve(Report report) {
        TestImage image = ImageBuilder.image().seed(1).layer(HOT_BLOB).build();
        upstream.push(REPOSITORY, "1", image);
        try (Contender few = start(FEW, UNLIMITED);
                Contender many = start(MANY, UNLIMITED)) {
            List<Contender> both = List.of(few, many);
            both.forEach(Growth::atRest);
            race(report, "hot manifest", manifest(image), both);
            race(report, "hot blob, 4 KB", blob(image), both);
            double more = megabytes(many) - megabytes(few);
            report.add(new Goal("after the load: more memory", more, MEMORY_MB, "MB"));
        }
    }

    private void race(Report report, String title, String path, List<Contender> both) {
        say("serving: " + title);
        both.forEach(contender -> expect200(contender, path));
        HotRace race = new HotRace(HotRace.Work.REQUEST, path, 64, turn, rounds);
        report.add(title, race, race.run(both), MANY, HOT_CPU);
    }

    private static String manifest(TestImage image) {
        return "/v2/" + REPOSITORY + "/manifests/" + image.digest();
    }

    private static String blob(TestImage image) {
        return "/v2/" + REPOSITORY + "/blobs/" + image.layer(0).digest();
    }

    private static void expect200(Contender contender, String path) {
        int status = RawHttp.drain(contender.url(path), Client.ACCEPT).status();
        if (status != 200) {
            throw new NotRunnable(contender.name() + " answers " + status + " to " + path + " (expected: 200)");
        }
    }

    /**
     * Pulls blobs for which many others must go, each a share of the store: with nobody else there, which says what an
     * eviction costs, and under a load of hot content, which says who notices.
     *
     * @return microseconds of CPU for each blob
     */
    private double evict(Report report) {
        long bytes = blobBytes();
        try (Contender mirror = start(MANY, Long.toString(bytes + (1 << 20)))) {
            TestImage image = ImageBuilder.image().seed(1).layer(HOT_BLOB).build();
            expect200(mirror, manifest(image));
            expect200(mirror, blob(image));
            atRest(mirror);
            Evicted alone = evictAlone(mirror);
            report.add("eviction by a pull, nobody else there", alone.figures());
            evictUnderLoad(report, mirror, "hot manifest", manifest(image));
            evictUnderLoad(report, mirror, "hot blob", blob(image));
            return alone.cpu().median();
        }
    }

    private long blobBytes() {
        try (Contender mirror = start(MANY, UNLIMITED)) {
            atRest(mirror);
            return (long) mirror.metric("entrepot_store_bytes");
        }
    }

    /** What an eviction took for each blob; microseconds. */
    private record Evicted(Samples micros, Samples cpu, Samples count) {

        Map<String, Samples> figures() {
            Map<String, Samples> figures = new LinkedHashMap<>();
            figures.put("blobs evicted at once", count);
            figures.put("us for a blob", micros);
            figures.put("us of CPU for a blob", cpu);
            return figures;
        }
    }

    private Evicted evictAlone(Contender mirror) {
        List<Double> micros = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        List<Double> count = new ArrayList<>();
        for (int i = 0; i < EVICTIONS; i++) {
            double before = evictions(mirror);
            double used = mirror.cpuSeconds();
            double seconds = pullLarge(mirror, "alone-" + i);
            double evicted = Math.max(1, evictions(mirror) - before);
            micros.add(seconds * 1e6 / evicted);
            cpu.add((mirror.cpuSeconds() - used) * 1e6 / evicted);
            count.add(evicted);
        }
        return new Evicted(new Samples(micros), new Samples(cpu), new Samples(count));
    }

    private static double evictions(Contender mirror) {
        return mirror.metric("entrepot_store_evictions_total") + mirror.metric("entrepot_store_evictions");
    }

    /** Pulls a blob for which a hundredth of the store must go; the seconds that it took. */
    private double pullLarge(Contender mirror, String tag) {
        double room = mirror.metric("entrepot_store_limit_bytes") - mirror.metric("entrepot_store_bytes");
        long size = (long) room + Math.max(1, 34L * many / 100);
        TestImage image = ImageBuilder.image().seed(tag.hashCode()).layer(size).build();
        upstream.push("bench/large", tag, image);
        expect200(mirror, "/v2/bench/large/manifests/" + tag);
        long start = System.nanoTime();
        expect200(mirror, "/v2/bench/large/blobs/" + image.layer(0).digest());
        return (System.nanoTime() - start) / 1e9;
    }

    private void evictUnderLoad(Report report, Contender mirror, String what, String path) {
        warmUp(mirror, path);
        List<Double> before = new ArrayList<>();
        List<Double> meanwhile = new ArrayList<>();
        for (int i = 0; i < EVICTIONS; i++) {
            before.add(p99(mirror, path, forSeconds(turn.toSeconds())));
            String tag = what.replace(' ', '-') + "-" + i;
            CompletableFuture<Double> pull = CompletableFuture.supplyAsync(() -> pullLarge(mirror, tag));
            meanwhile.add(p99(mirror, path, () -> !pull.isDone()));
        }
        Map<String, Samples> figures = new LinkedHashMap<>();
        figures.put("p99 ms before", new Samples(before));
        figures.put("p99 ms during eviction", new Samples(meanwhile));
        report.add(what + " while blobs are evicted, " + QUIET_CONNECTIONS + " connections", figures);
        double ratio = new Samples(meanwhile).over(new Samples(before));
        report.add(new Goal("eviction: p99 of a " + what + " meanwhile", ratio, HOT_P99, "x"));
    }

    private static void warmUp(Contender mirror, String path) {
        Load.closedLoop(mirror.url(path), QUIET_CONNECTIONS, Duration.ofSeconds(5));
    }

    private static double p99(Contender mirror, String path, BooleanSupplier goesOn) {
        return Load.times(mirror.url(path), QUIET_CONNECTIONS, goesOn).quantile(0.99);
    }

    private static BooleanSupplier forSeconds(long seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        return () -> System.nanoTime() - end < 0;
    }

    /** Waits until it uses no CPU any more: what it does at start beside serving is done. */
    /** A scrub that finds old content goes on in the background and may take a twentieth of a core: that is rest, too. */
    private static void atRest(Contender mirror) {
        double[] last = {-1};
        await(mirror.name() + " to rest", () -> {
            double now = mirror.cpuSeconds();
            boolean resting = now - last[0] < 0.04;
            last[0] = now;
            return resting;
        });
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new NotRunnable("waited 5 minutes for " + what);
            }
            nap();
        }
    }

    private static void nap() {
        try {
            TimeUnit.MILLISECONDS.sleep(400);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotRunnable("interrupted");
        }
    }

    private static double megabytes(Contender mirror) {
        return mirror.residentBytes() / 1e6;
    }

    /** Progress, for whoever waits: this takes minutes. */
    private static void say(String what) {
        System.err.println("million: " + what);
    }
}
