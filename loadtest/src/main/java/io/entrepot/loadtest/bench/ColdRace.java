package io.entrepot.loadtest.bench;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.TestImage;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Blobs that nobody has pulled before: from the upstream directly, then through each server, a new one each time. */
public record ColdRace(FakeRegistry upstream, int clients, long blobSize, int rounds) {

    /** Small blobs pulled through each server before the first round: a JIT needs that much. */
    private static final int WARM_UP = 50;

    /** The name of the way past all servers. */
    public static final String DIRECT = "direct";

    private static final String REPOSITORY = "bench/cold";

    /**
     * What clients saw, and what the upstream sent, in the rounds that count.
     *
     * @param firstByte milliseconds, the median of the clients of each round
     * @param total milliseconds, the slowest client of each round
     * @param upstreamRatio bytes that the upstream sent over the size of the blob
     * @param upstreamRequests requests for the blob that the upstream saw
     */
    public record Result(
            String name, Samples firstByte, Samples total, Samples upstreamRatio, Samples upstreamRequests) {}

    /** The rows of one contender while they are collected. */
    private record Rows(List<Double> firstByte, List<Double> total, List<Double> ratio, List<Double> requests) {
        Rows() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        Result result(String name) {
            return new Result(
                    name,
                    Samples.dropping(HotRace.DROPPED, firstByte),
                    Samples.dropping(HotRace.DROPPED, total),
                    Samples.dropping(HotRace.DROPPED, ratio),
                    Samples.dropping(HotRace.DROPPED, requests));
        }
    }

    /** Runs it; the way past all servers stands first. */
    public List<Result> run(List<Contender> contenders) {
        for (int i = 0; i < WARM_UP; i++) {
            for (Contender contender : contenders) {
                fetch("warm-up-" + contender.name() + "-" + clients + "-" + i, contender::url, 64 * 1024);
            }
        }
        Map<String, Rows> rows = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            pull(DIRECT, upstream::url, round, rows);
            for (Contender contender : contenders) {
                pull(contender.name(), contender::url, round, rows);
            }
        }
        return rows.entrySet().stream()
                .map(entry -> entry.getValue().result(entry.getKey()))
                .toList();
    }

    private void pull(String name, Function<String, URI> address, int round, Map<String, Rows> rows) {
        Fetched fetched = fetch(name + "-" + clients + "-" + round, address, blobSize);
        Rows own = rows.computeIfAbsent(name, key -> new Rows());
        own.firstByte().add(fetched.burst().firstByte().median());
        own.total().add(fetched.burst().total().max());
        own.ratio().add(upstream.bytesSent(fetched.blob()) / (double) blobSize);
        own.requests().add((double) upstream.count(fetched.blob()));
    }

    private record Fetched(String blob, Burst burst) {}

    /** Pushes an image that is new, and pulls its layer. */
    private Fetched fetch(String tag, Function<String, URI> address, long size) {
        TestImage image = ImageBuilder.image().seed(tag.hashCode()).layer(size).build();
        String blob = image.layer(0).digest().toString();
        upstream.push(REPOSITORY, tag, image);
        expect200(address.apply("/v2/" + REPOSITORY + "/manifests/" + tag));
        Burst burst = Load.burst(address.apply("/v2/" + REPOSITORY + "/blobs/" + blob), clients);
        upstream.awaitIdle();
        return new Fetched(blob, burst);
    }

    private static void expect200(URI manifest) {
        RawHttp.Response response = RawHttp.get(manifest, Client.ACCEPT);
        if (response.status() != 200) {
            throw new NotRunnable(manifest + ": " + response.status() + " " + response.text() + " (expected: 200)");
        }
    }
}
