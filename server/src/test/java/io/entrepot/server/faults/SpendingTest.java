package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.HubLimits;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.Mirror;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole mirror before an upstream that limits it: what each pull costs there, counted, and what is told when it is spent. */
class SpendingTest {

    private static final Duration SIX_HOURS = Duration.ofHours(6);
    private static final String EVERY_TIME = "tags: [{ match: \"**\", fresh: 0s, wait: 10s }]";

    @TempDir
    private Path dir;

    private final TestImage image = ImageBuilder.image().seed(1).layer(1_000).build();
    private final TestImage other = ImageBuilder.image().seed(2).layer(1_000).build();
    private FakeRegistry registry = FakeRegistry.start();
    private Mirror mirror;

    @AfterEach
    void close() {
        mirror.close();
        registry.close();
    }

    @Test
    void anUnknownTagCostsOneGet() throws Exception {
        start(100, "", "");

        assertThat(RawHttp.head(uri("team/app", "1")).status()).isEqualTo(200);
        assertThat(get("team/app", "1").status()).isEqualTo(200);
        assertThat(get("team/app", image.digest().toString()).status()).isEqualTo(200);

        assertThat(registry.count("GET", "/manifests/")).isEqualTo(1);
        assertThat(registry.count("HEAD", "/manifests/")).isZero();
    }

    @Test
    void aKnownTagCostsOneHeadAndAGetOnlyIfItMovedToWhatIsNotHeld() throws Exception {
        start(100, "stretch-below: 0", EVERY_TIME);
        get("team/app", "1");
        get("team/app", "1");
        assertThat(registry.count("GET", "/manifests/")).isEqualTo(1);
        assertThat(registry.count("HEAD", "/manifests/")).isEqualTo(1);

        registry.push("team/app", "1", other);
        assertThat(get("team/app", "1").digest()).isEqualTo(other.digest());
        assertThat(registry.count("GET", "/manifests/")).isEqualTo(2);
        assertThat(registry.count("GET", "/manifests/" + other.digest())).isEqualTo(1);

        registry.push("team/app", "1", image);
        assertThat(get("team/app", "1").digest()).isEqualTo(image.digest());
        assertThat(registry.count("GET", "/manifests/")).isEqualTo(2);
    }

    @Test
    void aTagOfWhichNoRecordIsKeptIsFetchedOnceAndThenAskedForByHead() throws Exception {
        start(100, "", "tags: [{ match: \"**\", never: true }]");
        for (int i = 0; i < 5; i++) {
            assertThat(get("team/app", "1").status()).isEqualTo(200);
        }

        assertThat(registry.count("GET", "/manifests/")).isEqualTo(1);
        assertThat(registry.count("HEAD", "/manifests/")).isEqualTo(4);
    }

    @Test
    void whenAllIsSpentWhatIsHeldIsServedAndTheRestIsToldWhyAndWhen() throws Exception {
        start(1, "", EVERY_TIME);
        assertThat(get("team/app", "1").status()).isEqualTo(200);
        registry.push("team/app", "1", other);

        Response stale = get("team/app", "1");
        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.digest()).isEqualTo(image.digest());
        assertThat(stale.header("X-Entrepot-Stale"))
                .isEqualTo("docker.io: its rate limit is used up (0 of 1 in 6 h for anonymous)");

        Response refused = get("team/app", "2");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(800, 900);
        assertThat(new String(refused.body(), StandardCharsets.UTF_8))
                .contains("upstream not asked: docker.io: its rate limit is used up");
        assertThat(registry.count("GET", "/manifests/")).isEqualTo(1);
    }

    @Test
    void whatIsReservedIsForTheChosenRepositories() throws Exception {
        start(10, "reserve: { share: 50, repositories: [\"docker.io/prod/**\"] }", "");
        for (int i = 0; i < 9; i++) {
            registry.push("team/ci", "t" + i, ImageBuilder.image().seed(100 + i).build());
            registry.push(
                    "prod/app", "t" + i, ImageBuilder.image().seed(200 + i).build());
        }
        for (int i = 0; i < 2; i++) {
            assertThat(get("team/ci", "t" + i).status()).isEqualTo(200);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(get("prod/app", "t" + i).status()).isEqualTo(200);
        }

        Response refused = get("team/ci", "t5");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(new String(refused.body(), StandardCharsets.UTF_8))
                .contains("what is left of its rate limit (5 of 10 in 6 h for anonymous) is kept for others");
        for (int i = 3; i < 8; i++) {
            assertThat(get("prod/app", "t" + i).status()).isEqualTo(200);
        }
        assertThat(get("prod/app", "t8").status()).isEqualTo(503);
    }

    @Test
    void guessingNamesSpendsNoMoreThanAClientsShare() throws Exception {
        start(20, "new-names: 10", "");
        get("team/app", "1");
        registry.forgetSeen();
        for (int i = 0; i < 50; i++) {
            get("team/app", "guess-" + i);
        }

        assertThat(registry.count("GET", "/manifests/")).isEqualTo(2);
        assertThat(get("team/app", "1").status()).isEqualTo(200);
    }

    @Test
    void theAdminPortShowsIt() throws Exception {
        start(100, "", "");
        get("team/app", "1");
        get("team/app", "1");

        String metrics = new String(
                RawHttp.get(URI.create("http://127.0.0.1:" + mirror.adminPort() + "/metrics"))
                        .body(),
                StandardCharsets.UTF_8);
        assertThat(metrics)
                .contains("entrepot_upstream_budget_limit{upstream=\"docker.io\",account=\"anonymous\",} 100.0\n")
                .contains("entrepot_upstream_budget_left{upstream=\"docker.io\",account=\"anonymous\",} 99.0\n")
                .contains("entrepot_upstream_budget_stretch{upstream=\"docker.io\",account=\"anonymous\",} 1.0\n")
                .contains("entrepot_upstream_budget_sent_total{upstream=\"docker.io\",account=\"anonymous\","
                        + "endpoint=\"manifest\",} 1.0\n")
                .contains("entrepot_upstream_budget_saved_total{upstream=\"docker.io\",account=\"anonymous\","
                        + "endpoint=\"manifest\",} 1.0\n");
    }

    private void start(int limit, String rateLimits, String more) throws Exception {
        registry.close();
        registry = FakeRegistry.builder()
                .limits(HubLimits.pulls(limit, SIX_HOURS, InstantSource.system()))
                .start();
        registry.push("team/app", "1", image);
        String text = """
                listen: { address: 127.0.0.1, port: 0 }
                admin: { address: 127.0.0.1, port: 0 }
                upstreams: { docker.io: { url: "%s", internal: true, rate-limits: { %s } } }
                storage: { disk: { path: %s, min-free: 0 } }
                %s
                """.formatted(registry.url(), rateLimits, dir.resolve("cache"), more);
        MirrorConfig config = ConfigLoader.parse("test", text, Map.of());
        mirror = Mirror.start(config);
    }

    private Response get(String repository, String reference) {
        return RawHttp.get(uri(repository, reference));
    }

    private URI uri(String repository, String reference) {
        return URI.create(
                "http://127.0.0.1:" + mirror.port() + "/v2/docker.io/" + repository + "/manifests/" + reference);
    }
}
