package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigLoader;
import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawConnection;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.Mirror;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** F22 and bulkheads: an upstream that is sick, as seen by those who ask another one. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class TwoUpstreamsTest {

    private static final int CROWD = 1_000;

    private final FakeRegistry sick = FakeRegistry.start();
    private final FakeRegistry well = FakeRegistry.start();
    private final TestImage image = ImageBuilder.image().seed(5).layer(300_000).build();
    private final List<RawConnection> crowd = new ArrayList<>();
    private Mirror mirror;

    @BeforeEach
    void start(@TempDir Path dir) throws Exception {
        sick.push("library/alpine", "1", image);
        well.push("library/alpine", "1", image);
        mirror = Mirror.start(ConfigLoader.parse("test", """
                listen: { address: 127.0.0.1, port: 0 }
                admin: { address: 127.0.0.1, port: 0 }
                storage: { disk: { path: "%s/cache", min-free: 0 } }
                tags: [ { match: "**", fresh: 0s, stale: 1h, wait: 0s } ]
                limits: { connections: 1100, connections-per-client: 1100 }
                upstreams:
                  sick.test: { url: "%s", internal: true, deadlines: { headers: 60s, idle: 60s } }
                  well.test: { url: "%s", internal: true }
                """.formatted(dir, sick.url(), well.url()), Map.of()));
    }

    @AfterEach
    void stop() throws IOException {
        for (RawConnection each : crowd) {
            each.close();
        }
        sick.resume();
        mirror.close();
        sick.close();
        well.close();
    }

    @Test
    void aThousandWhoWaitForManifestsAreInNobodysWay() throws Exception {
        pullsFrom("sick.test");
        sick.pause();
        crowd("manifests/tag-%d");
        Await.until("as many wait as may", () -> waiting() >= 550);

        pullsFrom("well.test");
        pullsFrom("sick.test");
        // who comes beyond those who may wait is told so, and when to come again
        Response beyond = get("sick.test", "manifests/one-more");
        assertThat(beyond.status()).isEqualTo(503);
        assertThat(beyond.header("Retry-After")).isEqualTo("5");
        assertThat(beyond.text()).contains("550 requests wait for it already");
    }

    @Test
    void aThousandWhoWaitForABlobAreInNobodysWay() throws Exception {
        assertThat(get("sick.test", "manifests/1").status()).isEqualTo(200);
        sick.fault(Fault.HANG.on("/blobs/"));
        crowd("blobs/" + image.layer(0).digest());
        Await.until("as many wait as may", () -> waiting() >= 550);

        pullsFrom("well.test");
    }

    @Test
    void aBodyOfOneByteASecondIsInNobodysWay() throws Exception {
        assertThat(get("sick.test", "manifests/1").status()).isEqualTo(200);
        sick.fault(Fault.TRICKLE.rate(1).on("GET", "/blobs/"));
        crowd("blobs/" + image.layer(0).digest());
        sick.awaitCount(1, "GET", "/blobs/");

        pullsFrom("well.test");
    }

    private void pullsFrom(String upstream) {
        assertThat(get(upstream, "manifests/1").body()).isEqualTo(image.manifest());
        Response blob = get(upstream, "blobs/" + image.layer(0).digest());
        assertThat(blob.complete()).isTrue();
        assertThat(blob.digest()).isEqualTo(image.layer(0).digest());
    }

    /** Each asks, and none of them is answered. @param what with the number of the client in it, or not */
    private void crowd(String what) throws IOException {
        for (int i = 0; i < CROWD; i++) {
            RawConnection client = RawConnection.open(uri("sick.test", ""));
            client.write("GET /v2/sick.test/library/alpine/" + what.formatted(i) + " HTTP/1.1\r\nHost: mirror\r\n\r\n");
            crowd.add(client);
        }
    }

    private double waiting() {
        String metrics = RawHttp.get(URI.create("http://127.0.0.1:" + mirror.adminPort() + "/metrics"))
                .text();
        return metrics.lines()
                .filter(line -> line.startsWith("entrepot_upstream_waiting "))
                .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
                .sum();
    }

    private Response get(String upstream, String what) {
        return RawHttp.get(uri(upstream, what));
    }

    private URI uri(String upstream, String what) {
        return URI.create("http://127.0.0.1:" + mirror.port() + "/v2/" + upstream + "/library/alpine/" + what);
    }
}
