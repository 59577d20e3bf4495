package io.entrepot.loadtest.soak;

import io.entrepot.loadtest.ActiveFault;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.Injection;
import io.entrepot.loadtest.bench.Contender;
import io.entrepot.loadtest.bench.Contenders;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A mirror with a store that is too small, before an upstream that fails in turns, under a fleet. It is reloaded again and
 * again, and ended by SIGTERM in the middle of large transfers, none of which may be cut.
 */
public final class Siege {

    private static final int IMAGES = 60;
    private static final int RELOAD_EVERY = 7;
    private static final int FAULT_EVERY = 5;
    private static final int LAST_PULLS = 20;
    private static final List<Injection> FAULTS = List.of(
            Fault.CUT_BODY.at(500).on("/blobs/"),
            Fault.STATUS.status(503),
            Fault.STATUS.status(429).on("/manifests/"),
            Fault.FLIP_BIT.at(100).on("/blobs/"),
            Fault.RESET_BODY.at(700).on("/blobs/"),
            Fault.WEB_PAGE.everywhere());

    private final Path jar;
    private final List<String> javaOptions;
    private final Path work;
    private final int clients;
    private final Outcomes outcomes = new Outcomes();
    private final Catalogue catalogue = new Catalogue(IMAGES);
    private final int port = Contender.freePort();
    private final int admin = Contender.freePort();
    private Vitals vitals;
    private int exit = -1;

    public Siege(Path jar, List<String> javaOptions, Path work, int clients) {
        this.jar = jar;
        this.javaOptions = List.copyOf(javaOptions);
        this.work = work;
        this.clients = clients;
        this.vitals = new Vitals(0);
    }

    /** Runs for so many seconds, then drains. */
    public void run(int seconds) throws IOException, InterruptedException {
        try (FakeRegistry upstream = FakeRegistry.builder().referrers(10).start()) {
            catalogue.pushTo(upstream);
            configure(upstream, 1);
            try (Contender mirror = start()) {
                fleet(upstream, mirror, seconds);
                drain(mirror);
            }
        }
    }

    private void fleet(FakeRegistry upstream, Contender mirror, int seconds) throws IOException, InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            threads.add(begin(new Node(catalogue, mirror(), outcomes, () -> !over.get(), i), "node-" + i));
        }
        try {
            watch(upstream, mirror, seconds);
        } finally {
            over.set(true);
        }
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(60));
        }
    }

    private void watch(FakeRegistry upstream, Contender mirror, int seconds) throws IOException {
        vitals = new Vitals(mirror.pid());
        ActiveFault fault = null;
        for (int second = 1; second <= seconds; second++) {
            Vitals.nap(1_000);
            vitals.sample();
            if (fault != null) {
                upstream.clearFaults();
                fault = null;
            }
            if (second % FAULT_EVERY == 0) {
                fault = upstream.fault(FAULTS.get(second / FAULT_EVERY % FAULTS.size()));
            }
            if (second % RELOAD_EVERY == 0) {
                configure(upstream, 1 + second / RELOAD_EVERY % 2);
                signal(mirror, "HUP");
            }
        }
        upstream.clearFaults();
    }

    /** Ends the mirror while large blobs are on their way, slowly. */
    private void drain(Contender mirror) throws InterruptedException {
        Random random = new Random(1);
        List<Thread> pulls = new ArrayList<>();
        for (int i = 0; i < LAST_PULLS; i++) {
            pulls.add(begin(new LastPull(catalogue, random.nextLong(), mirror(), outcomes), "last-" + i));
        }
        Vitals.nap(500);
        mirror.terminate();
        for (Thread pull : pulls) {
            pull.join(TimeUnit.SECONDS.toMillis(60));
        }
        exit = mirror.exitCode(60).orElse(exit);
    }

    private static Thread begin(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private URI mirror() {
        return URI.create("http://127.0.0.1:" + port);
    }

    private void configure(FakeRegistry upstream, int fresh) throws IOException {
        Files.writeString(config(), """
                listen: { address: 127.0.0.1, port: %d }
                admin: { address: 127.0.0.1, port: %d }
                upstreams: { docker.io: { url: "%s", internal: true, deadlines: { headers: 2s, idle: 2s } } }
                tags: [ { match: "**", fresh: %ds, stale: 30s } ]
                storage: { disk: { path: "%s", max-size: 40MB, min-free: 0, scrub: { every: 1m, rate: 20MiB } } }
                limits: { idle-timeout: 5s, write-timeout: 5s }
                drain: { delay: 1s, grace: 30s }
                log: { format: text, level: error }
                """.formatted(port, admin, upstream.url(), fresh, work.resolve("data/cache")));
    }

    private Contender start() {
        return new Contenders(work, "0").onEveryCore().mirror("mirror", jar, javaOptions, config(), port, admin);
    }

    private Path config() {
        return work.resolve("mirror.yaml");
    }

    private static void signal(Contender process, String name) throws IOException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    }

    /** Whether nothing wrong was seen, nothing grew, and the end was an orderly one. */
    public boolean held() {
        return outcomes.of("WRONG") == 0
                && outcomes.of(LastPull.WHOLE) == LAST_PULLS
                && exit == 0
                && trends().stream().allMatch(Vitals.Trend::isLevel);
    }

    private List<Vitals.Trend> trends() {
        return List.of(vitals.memory(), vitals.descriptorsTrend(), vitals.threads());
    }

    public String report() {
        StringBuilder text = new StringBuilder("what clients saw\n").append(outcomes.text());
        text.append("what the mirror cost\n");
        trends().forEach(trend -> text.append("  ").append(trend).append('\n'));
        text.append("exit code after SIGTERM    ").append(exit).append('\n');
        return text.append(held() ? "held\n" : "DID NOT HOLD\n").toString();
    }
}
