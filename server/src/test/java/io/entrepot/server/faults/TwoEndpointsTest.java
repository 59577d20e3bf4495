package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigLoader;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.HubLimits;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.Mirror;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An upstream in two places, the first of which has come to its limit, or sends what is wrong. */
@Timeout(60)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class TwoEndpointsTest {

    private static final InstantSource NOW = InstantSource.fixed(Instant.EPOCH);

    @TempDir
    private Path dir;

    private final TestImage old = ImageBuilder.image().seed(1).layer(1_000).build();
    private final TestImage moved = ImageBuilder.image().seed(2).layer(1_000).build();
    private final FakeRegistry first = hub();
    private final FakeRegistry second = hub();
    private Mirror mirror;

    private static FakeRegistry hub() {
        return FakeRegistry.builder()
                .limits(HubLimits.pulls(1, Duration.ofHours(6), NOW))
                .start();
    }

    @AfterEach
    void close() {
        mirror.close();
        first.close();
        second.close();
    }

    @Test
    void aTagThatMayBeStaleIsSoBeforeTheSecondIsAsked() throws Exception {
        start("stale: 1h");
        assertThat(get("1").digest()).isEqualTo(old.digest());
        first.push("library/alpine", "1", moved);
        second.push("library/alpine", "1", moved);

        Response stale = get("1");

        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.digest()).isEqualTo(old.digest());
        assertThat(stale.header("X-Entrepot-Stale")).contains("its rate limit is used up");
        assertThat(second.seen()).isEmpty();
    }

    @Test
    void aTagThatMayNotBeStaleIsAskedForInTheSecond() throws Exception {
        start("stale: 0s");
        get("1");
        first.push("library/alpine", "1", moved);
        second.push("library/alpine", "1", moved);

        assertThat(get("1").digest()).isEqualTo(moved.digest());
        assertThat(second.count("GET", "/manifests/")).isEqualTo(1);
    }

    @Test
    void whatIsNotHeldIsAskedForInTheSecondAndRefusedWhereThatIsSpentToo() throws Exception {
        start("stale: 1h");
        get("1");
        second.push("library/alpine", "2", moved);
        second.push("library/alpine", "3", ImageBuilder.image().seed(3).build());

        assertThat(get("2").digest()).isEqualTo(moved.digest());
        Response refused = get("3");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isNotEmpty();
        assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains("its rate limit is used up");
    }

    @Test
    void whatTheFirstSendsWrongComesFromTheSecond() throws Exception {
        TestImage large = ImageBuilder.image().seed(4).layer(500_000).build();
        first.push("library/app", "1", large);
        second.push("library/app", "1", large);
        start("stale: 1h");
        first.fault(Fault.FLIP_BIT.everywhere());

        assertThat(pull("app/manifests/1").digest()).isEqualTo(large.digest());
        assertThat(pull("app/blobs/" + large.config().digest()).body())
                .isEqualTo(large.config().bytes());
        assertThat(first.count("/app/manifests/1")).isEqualTo(1);
        assertThat(first.count("/app/blobs/")).isEqualTo(1);
        assertThat(pull("app/blobs/" + large.layer(0).digest()).complete())
                .as("its end is never given out")
                .isFalse();
        assertThat(pull("app/blobs/" + large.layer(0).digest()).body())
                .isEqualTo(large.layer(0).bytes());
        assertThat(first.count("/app/blobs/" + large.layer(0).digest())).isEqualTo(1);
        String metrics = new String(
                RawHttp.get(URI.create("http://127.0.0.1:" + mirror.adminPort() + "/metrics"))
                        .body(),
                StandardCharsets.UTF_8);
        assertThat(metrics).contains("entrepot_incidents_total{kind=\"wrong_bytes\",} 3.0");
    }

    private void start(String stale) throws Exception {
        first.push("library/alpine", "1", old);
        second.push("library/alpine", "1", old);
        mirror = Mirror.start(
                ConfigLoader.parse("test", """
                listen: { address: 127.0.0.1, port: 0 }
                admin: { address: 127.0.0.1, port: 0 }
                storage: { disk: { path: "%s/cache", min-free: 0 } }
                tags: [ { match: "**", fresh: 0s, %s, wait: 10s } ]
                upstreams:
                  docker.io:
                    rate-limits: { stretch-below: 0, new-names: 100 }
                    endpoints:
                      - { url: "%s", internal: true }
                      - { url: "%s", internal: true }
                """.formatted(dir, stale, first.url(), second.url()), Map.of()));
    }

    private Response get(String tag) {
        return pull("alpine/manifests/" + tag);
    }

    private Response pull(String path) {
        return RawHttp.get(URI.create("http://127.0.0.1:" + mirror.port() + "/v2/docker.io/library/" + path));
    }
}
