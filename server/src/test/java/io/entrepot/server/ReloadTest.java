package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.admin.Reloads.Outcome;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A configuration is exchanged as a whole or not at all. */
@Timeout(60)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class ReloadTest {

    private static final String ONE = "upstreams: { one.corp: { url: \"http://127.0.0.1:1\", internal: true } }";
    private static final String TWO = "upstreams: { two.corp: { url: \"http://127.0.0.1:1\", internal: true } }";

    @TempDir
    private Path root;

    private TestConfig config;
    private Mirror mirror;

    @BeforeEach
    void start() throws Exception {
        config = TestConfig.under(root, ONE);
        mirror = config.start();
    }

    @AfterEach
    void stop() {
        mirror.close();
    }

    @Test
    void whatIsNewHoldsAtOnce() throws Exception {
        assertThat(Http.get(mirror.port(), "/v2/two.corp/app/manifests/1").statusCode())
                .isEqualTo(403);
        config.write(TWO);

        Outcome outcome = reload();

        assertThat(outcome.accepted()).isTrue();
        assertThat(outcome.version()).isEqualTo(2);
        assertThat(outcome.needsRestart()).isEmpty();
        assertThat(Http.get(mirror.port(), "/v2/two.corp/app/manifests/1").statusCode())
                .isEqualTo(503);
        assertThat(Http.get(mirror.port(), "/v2/one.corp/app/manifests/1").statusCode())
                .isEqualTo(403);
    }

    @Test
    void aBadFileChangesNothingAndEveryProblemIsTold() throws Exception {
        config.write(TWO, "drian: {}", "colour: red");

        Outcome outcome = reload();

        assertThat(outcome.version()).isEqualTo(1);
        assertThat(outcome.problems())
                .anySatisfy(problem -> assertThat(problem).contains("mirror.yaml:7:", "drian"))
                .anySatisfy(problem -> assertThat(problem).contains("mirror.yaml:8:", "colour"));
        assertThat(Http.get(mirror.port(), "/v2/one.corp/app/manifests/1").statusCode())
                .isEqualTo(503);
        assertThat(Http.get(mirror.adminPort(), "/metrics").body())
                .contains("entrepot_config_reloads_total{result=\"refused\",} 1.0");
    }

    @Test
    void whatNeedsARestartIsSaidEachTime() throws Exception {
        config.write(ONE, "limits: { connections: 17 }");

        // the second follows from the first where nothing else is said
        assertThat(reload().needsRestart())
                .containsExactlyInAnyOrder(
                        "limits.connections: 17 needs a restart, 10000 holds until then",
                        "fills.upstream-waiters: 8 needs a restart, 5000 holds until then");
        assertThat(reload().needsRestart()).hasSize(2);
    }

    @Test
    void withoutAFileThereIsNothingToReadAgain() throws Exception {
        mirror.close();
        mirror = Mirror.start(config.load());

        assertThat(reload().problems()).singleElement().asString().contains("without a configuration file");
    }

    private Outcome reload() throws Exception {
        return mirror.reload().get(60, TimeUnit.SECONDS);
    }
}
