package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawConnection;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Digest;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * F01–F04, F11 and F12 under load: many clients want the same blobs at once, each of which breaks, lies or comes wrong in a way
 * of its own, and some clients leave early. Nobody is given a complete wrong answer; what is right comes by one transfer.
 */
@Timeout(300)
class CrowdOfFaultsTest extends FaultFixture {

    private static final int CLIENTS = 24;
    private static final int SIZE = 200_000;

    /** What goes wrong with the transfer that comes first; null: nothing. */
    private static final Fault[] FIRST = {
        null,
        Fault.CUT_BODY,
        Fault.RESET_BODY,
        Fault.FLIP_BIT,
        Fault.WRONG_BLOB,
        Fault.WEB_PAGE,
        Fault.LENGTH_SHORT,
        Fault.LENGTH_LONG,
        Fault.LENGTH_ABSENT,
        Fault.CHUNKED,
        Fault.CONTENT_SHORT,
        Fault.CUT_BODY,
        Fault.CUT_BODY,
        Fault.CUT_BODY
    };

    /** What goes wrong with the one that continues it; null: nothing. */
    private static final Fault[] THEN = {
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        Fault.IGNORE_RANGE,
        Fault.OTHER_ETAG,
        Fault.WRONG_CONTENT_RANGE
    };

    private final List<TestImage> images = IntStream.range(0, FIRST.length)
            .mapToObj(i -> ImageBuilder.image().seed(100 + i).layer(SIZE).build())
            .toList();

    /** A blob is whole and right, or the client knows that it is not. */
    private record Got(Digest wanted, Response response) {

        boolean isWhole() {
            return response.status() == 200
                    && response.complete()
                    && response.digest().equals(wanted);
        }
    }

    @Test
    void nobodyIsGivenACompleteWrongAnswer() throws Exception {
        for (int i = 0; i < images.size(); i++) {
            String repository = "crowd/app-" + i;
            registry.push(repository, "1", images.get(i));
            assertThat(RawHttp.get(path(repository + "/manifests/1")).status()).isEqualTo(200);
            String digest = layer(i).toString();
            if (FIRST[i] != null) {
                registry.fault(FIRST[i].on("GET", digest).first(1));
            }
            if (THEN[i] != null) {
                registry.fault(THEN[i].on("GET", digest).after(1).first(1));
            }
        }

        List<Got> all = pullAll(true);

        assertThat(all)
                .allSatisfy(got -> assertThat(got.isWhole() || got.response.status() >= 500 || !got.response.complete())
                        .as("%s: %d of %d bytes", got.wanted, got.response.body().length, SIZE)
                        .isTrue());
        for (int i = 0; i < images.size(); i++) {
            Digest digest = layer(i);
            assertThat(registry.count("GET", digest.toString()))
                    .as("%s, then %s", FIRST[i], THEN[i])
                    .isBetween(1L, 6L);
        }

        assertThat(pullAll(false)).allMatch(Got::isWhole);
        registry.stop();
        assertThat(pullAll(false)).as("from the store").allMatch(Got::isWhole);
    }

    private Digest layer(int i) {
        return images.get(i).layer(0).digest();
    }

    /** Each client wants every blob, in an order of its own. */
    private List<Got> pullAll(boolean someLeave) {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<CompletableFuture<List<Got>>> pulls = IntStream.range(0, CLIENTS)
                    .mapToObj(client ->
                            CompletableFuture.supplyAsync(() -> pull(client, someLeave && client % 4 == 0), clients))
                    .toList();
            return pulls.stream().flatMap(pull -> pull.join().stream()).toList();
        } finally {
            clients.shutdownNow();
        }
    }

    private List<Got> pull(int client, boolean leaves) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, images.size()).boxed().toList());
        Collections.shuffle(order, new Random(client));
        List<Got> got = new ArrayList<>();
        for (int i : order) {
            URI blob = path("crowd/app-" + i + "/blobs/" + layer(i));
            if (leaves) {
                leaveEarly(blob);
            } else {
                got.add(new Got(layer(i), RawHttp.get(blob)));
            }
        }
        return got;
    }

    /** Reads a little of what comes, if anything does, and leaves. */
    private static void leaveEarly(URI blob) {
        try (RawConnection connection = RawConnection.open(blob)) {
            connection.request("GET", blob.getRawPath()).read(new byte[SIZE / 10], 0, SIZE / 10);
        } catch (IOException e) {
            // it came to nothing before
        }
    }
}
