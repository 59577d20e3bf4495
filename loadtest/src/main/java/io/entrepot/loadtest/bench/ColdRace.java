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

    /** Small blobs pulled through each server before the first round: a JIT compiles on the server's core until then. */
    private static final int WARM_UP = 300;

    /** Blobs of one round, one after the other; what is said of a round is their median. */
    static final int PULLS = 3;

    /** The name of the way past all servers. */
    public static final String DIRECT = "direct";

    private static final String REPOSITORY = "bench/cold";

    /**
     * What clients saw, and what the upstream sent, in the rounds that count.
     *
     * @param firstByte milliseconds: of each blob the median of its clients, of each round the median of its blobs
     * @param total milliseconds: of each blob the slowest client, of each round the median of its blobs
     * @param upstreamRatio bytes that the upstream sent over the size of the blob, of each round the most
     * @param upstreamRequests requests for the blob that the upstream saw, of each round the most
     */
    public record Result(
            String name, Samples firstByte, Samples total, Samples upstreamRatio, Samples upstreamRequests) {}

    /** The rows of one contender, or of one turn of it, while they are collected. */
    private record Rows(List<Double> firstByte, List<Double> total, List<Double> ratio, List<Double> requests) {
        Rows() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        void add(Fetched fetched, ColdRace race) {
            firstByte.add(fetched.burst().firstByte().median());
            total.add(fetched.burst().total().max());
            ratio.add(race.upstream.bytesSent(fetched.blob()) / (double) race.blobSize);
            requests.add((double) race.upstream.count(fetched.blob()));
        }

        void addMedians(Rows turn) {
            firstByte.add(new Samples(turn.firstByte).median());
            total.add(new Samples(turn.total).median());
            ratio.add(new Samples(turn.ratio).max());
            requests.add(new Samples(turn.requests).max());
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
            turn(DIRECT, upstream::url, round, rows);
            for (Contender contender : contenders) {
                turn(contender.name(), contender::url, round, rows);
            }
        }
        return rows.entrySet().stream()
                .map(entry -> entry.getValue().result(entry.getKey()))
                .toList();
    }

    private void turn(String name, Function<String, URI> address, int round, Map<String, Rows> rows) {
        Rows turn = new Rows();
        for (int pull = 0; pull < PULLS; pull++) {
            turn.add(fetch(name + "-" + clients + "-" + round + "-" + pull, address, blobSize), this);
        }
        rows.computeIfAbsent(name, key -> new Rows()).addMedians(turn);
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
