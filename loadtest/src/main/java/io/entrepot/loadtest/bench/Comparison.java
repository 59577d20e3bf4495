package io.entrepot.loadtest.bench;

import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The races that are run, between whom, and how much the mirror may need; {@code dockerRegistry} may be empty. */
public record Comparison(
        FakeRegistry upstream,
        Contenders contenders,
        Path jar,
        List<String> javaOptions,
        String nginx,
        String dockerRegistry,
        int rounds,
        Duration turn) {

    private static final String REPOSITORY = "bench/hot";
    private static final int MANIFEST_SIZE = 2_048;
    private static final int BLOB_SIZE = 256_000_000;

    /** Of a mirror that serves and keeps no record, as nginx does not. */
    private static final double MANIFEST_CPU = 2.0;

    private static final double BLOB_CPU = 1.2;
    private static final double RECORD_CPU = 1.15;
    private static final double FIRST_BYTE_MILLIS = 5.0;

    /** The hot content: where it is, and what it is. */
    private record Hot(String path, Digest digest) {}

    /** Starts the servers, checks that they serve the right bytes, races them, and ends them. */
    public void run(Report report) {
        TestImage image = image();
        upstream.push(REPOSITORY, "1", image);
        Hot manifest = new Hot("/v2/" + REPOSITORY + "/manifests/" + image.digest(), image.digest());
        Hot blob = new Hot(
                "/v2/" + REPOSITORY + "/blobs/" + image.layer(0).digest(),
                image.layer(0).digest());
        List<Contender> started = new ArrayList<>();
        try (Contender unrecorded = contenders.unrecorded(jar, javaOptions, upstream)) {
            start(started, List.of(manifest, blob));
            verify(unrecorded, manifest);
            hot(report, manifest, blob, started, unrecorded);
            recorded(report, manifest, unrecorded, started.get(1));
            cold(report, started.subList(1, started.size()));
        } finally {
            started.forEach(Contender::close);
        }
    }

    /** An image whose manifest has exactly the size that is measured. */
    private static TestImage image() {
        ImageBuilder builder = ImageBuilder.image().seed(1).layer(BLOB_SIZE);
        int bare = builder.annotation("pad", "").build().manifest().length;
        return builder.annotation("pad", "x".repeat(MANIFEST_SIZE - bare)).build();
    }

    /** Starts nginx first in the list, the mirror second; the mirror starts first, as nginx copies its headers. */
    private void start(List<Contender> started, List<Hot> contents) {
        Contender mirror = contenders.mirror(jar, javaOptions, upstream);
        started.add(mirror);
        contents.forEach(hot -> verify(mirror, hot));
        started.add(
                0,
                contenders.nginx(
                        nginx, contents.stream().map(hot -> page(mirror, hot)).toList()));
        if (!dockerRegistry.isEmpty()) {
            started.add(contenders.dockerRegistry(dockerRegistry, upstream));
        }
        started.forEach(contender -> contents.forEach(hot -> verify(contender, hot)));
    }

    /** The mirror's own file: how a file was written says how it lies in memory, and so what sending it costs. */
    private Page page(Contender mirror, Hot hot) {
        Path file = contenders.held(mirror.name(), hot.digest());
        Await.until("the mirror holds " + hot.digest(), () -> Files.exists(file));
        return new Page(
                hot.path(), RawHttp.head(mirror.url(hot.path()), Client.ACCEPT).headers(), file);
    }

    private static void verify(Contender contender, Hot hot) {
        RawHttp.Drained drained = RawHttp.drain(contender.url(hot.path()), Client.ACCEPT);
        if (!drained.digest().equals(hot.digest())) {
            throw new NotRunnable(contender.name() + " serves " + hot.path() + " as " + drained.status() + ", "
                    + drained.bytes() + " bytes of " + drained.digest() + " (expected: " + hot.digest() + ")");
        }
    }

    private void hot(Report report, Hot manifest, Hot blob, List<Contender> all, Contender unrecorded) {
        List<Contender> serving = new ArrayList<>(all);
        serving.add(unrecorded);
        HotRace small = new HotRace(HotRace.Work.REQUEST, manifest.path(), 64, turn, rounds);
        report.add("hot manifest, 2 KB", small, small.run(serving), unrecorded.name(), MANIFEST_CPU);
        HotRace large = new HotRace(HotRace.Work.GIGABYTE, blob.path(), 4, turn, rounds);
        report.add("hot blob, 256 MB", large, large.run(all), all.get(1).name(), BLOB_CPU);
    }

    /**
     * What it costs that every pull is on the disk before its answer. The goal is for the path of a request; what the writer of
     * the journal takes is nearly the same for few requests and for many, and is shown.
     */
    private void recorded(Report report, Hot manifest, Contender unrecorded, Contender mirror) {
        HotRace race = new HotRace(HotRace.Work.REQUEST, manifest.path(), 64, turn, rounds);
        report.addPath(
                "hot manifest, on record", race, race.run(List.of(unrecorded, mirror)), mirror.name(), RECORD_CPU);
    }

    private void cold(Report report, List<Contender> pulling) {
        String mirror = pulling.get(0).name();
        ColdRace one = new ColdRace(upstream, 1, 32_000_000, rounds);
        report.add("cold blob", one, one.run(pulling), mirror, FIRST_BYTE_MILLIS);
        ColdRace many = new ColdRace(upstream, 100, 4_000_000, rounds);
        report.add("cold blob, stampede", many, many.run(pulling), mirror, FIRST_BYTE_MILLIS);
    }
}
