package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.HubLimits;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.server.inspect.Json;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code entrepot upstreams} at a mirror that runs. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class UpstreamsCommandTest {

    @TempDir
    private Path root;

    private final FakeRegistry registry = FakeRegistry.builder()
            .limits(HubLimits.pulls(4, Duration.ofHours(6), InstantSource.system()))
            .start();
    private final Commands commands = new Commands();
    private TestConfig config;

    @BeforeEach
    void configure() throws Exception {
        registry.push("team/app", "1", ImageBuilder.image().layer(10).build());
        config = TestConfig.under(root, """
                upstreams:
                  registry.corp:
                    url: "%s"
                    internal: true
                    rate-limits: { reserve: { share: 25, repositories: ["registry.corp/prod/**"] } }
                  ghcr.io:
                """.formatted(registry.url()));
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void showsWhatIsLeftWhatWasSpentAndWhatWasSaved() throws Exception {
        try (Mirror mirror = config.start()) {
            pull(mirror, "1");
            pull(mirror, "1");
            pull(mirror, "2");
            pull(mirror, "3");
            commands.run("upstreams", "--config", config.file().toString());
        }

        List<String> lines = commands.out().lines().toList();
        assertThat(lines).anyMatch(line -> line.matches("ghcr\\.io +https://ghcr\\.io +anonymous"));
        int head = lines.indexOf(lines.stream()
                .filter(line -> line.endsWith("SAVED"))
                .findFirst()
                .orElseThrow());
        assertThat(lines.get(head))
                .matches("UPSTREAM +AS +LEFT +RESERVED +REFILLS +LASTS +HEADS +MANIFESTS +BLOBS +TOKENS +OTHER +SAVED");
        assertThat(lines.get(head + 1))
                .matches("registry\\.corp +anonymous +3/4 in 6h +1 +in [56]h +in 2h +0 +2 +0 +0 +0 +1")
                .hasSameSizeAs(lines.get(head));
        assertThat(lines.get(head + 2)).isEqualTo("  not asked: 1 new names");
        assertThat(lines).hasSize(head + 3);
    }

    @Test
    void saysWhoseLoginsAnUpstreamIsAskedWith() throws Exception {
        TestConfig passing = TestConfig.under(root, """
                upstreams:
                  docker.io: { auth: pass-through }
                  ghcr.io: { credentials: [{ repositories: ["acme/**"], auth: pass-through }] }
                  quay.io: {}
                """);

        commands.run("upstreams", "--config", passing.file().toString());

        assertThat(commands.out().lines().map(line -> line.replaceFirst("\\S+ +\\S+ +", "")))
                .containsExactly("with callers' logins", "with callers' logins for some repositories", "anonymous");
    }

    @Test
    void showsWhichEndpointsAreAsked() throws Exception {
        try (Mirror mirror = config.start()) {
            registry.stop();
            for (int i = 0; i < 5; i++) {
                pull(mirror, "1");
            }
            commands.run("upstreams", "--config", config.file().toString());
        }

        List<String> lines = commands.out().lines().toList();
        int head = 0;
        while (!lines.get(head).matches("UPSTREAM +ENDPOINT +NOW +SINCE")) {
            head++;
        }
        assertThat(lines.get(head + 1)).matches("ghcr\\.io +ghcr\\.io +asked +-");
        assertThat(lines.get(head + 2)).matches("registry\\.corp +" + registry.host() + " +suspended +[0-9]+s ago");
        assertThat(lines.get(head + 3))
                .startsWith("  registry.corp: " + registry.host())
                .contains("connection refused")
                .matches(".*; asked again in [0-9]+s");
    }

    @Test
    void showsWhichEndpointsAreAskedAsJson() throws Exception {
        try (Mirror mirror = config.start()) {
            registry.stop();
            for (int i = 0; i < 5; i++) {
                pull(mirror, "1");
            }
            // a pause that is over by now is followed by one that is twice as long
            Await.until("there is a pause", () -> {
                pull(mirror, "1");
                commands.run("upstreams", "--config", config.file().toString(), "--output", "json");
                return running("registry.corp")
                                .path("endpoints")
                                .path(0)
                                .path("askedAgainSeconds")
                                .asLong()
                        > 0;
            });
        }

        JsonNode endpoint = running("registry.corp").path("endpoints").path(0);
        assertThat(endpoint.path("host").asText()).isEqualTo(registry.host());
        assertThat(endpoint.path("state").asText()).isEqualTo("suspended");
        assertThat(Instant.parse(endpoint.path("since").asText()))
                .isBetween(Instant.now().minusSeconds(120), Instant.now());
        assertThat(endpoint.path("why").asText()).contains("connection refused");
        assertThat(endpoint.path("askedAgainSeconds").asLong()).isBetween(1L, 10L);
        assertThat(running("ghcr.io").path("endpoints").toString())
                .isEqualTo("[{\"host\":\"ghcr.io\",\"state\":\"asked\"}]");
    }

    @Test
    void showsTheSameAsJson() throws Exception {
        try (Mirror mirror = config.start()) {
            pull(mirror, "1");
            commands.run("upstreams", "--config", config.file().toString(), "--output", "json");
        }

        JsonNode budget = running("registry.corp").path("budgets").path(0);
        assertThat(budget.path("account").asText()).isEqualTo("anonymous");
        assertThat(budget.path("left").asInt()).isEqualTo(3);
        assertThat(budget.path("limit").asInt()).isEqualTo(4);
        assertThat(budget.path("windowSeconds").asInt()).isEqualTo(21_600);
        assertThat(budget.path("source").asText()).isEqualTo("203.0.113.7");
        assertThat(budget.path("sent").path("manifest").asInt()).isEqualTo(1);
        assertThat(budget.has("refills")).isTrue();
    }

    @Test
    void showsTheConfigurationAloneWhereNoMirrorRuns() {
        commands.run("upstreams", "--config", config.file().toString());

        assertThat(commands.out().lines()).hasSize(2);
    }

    private JsonNode running(String key) {
        return commands.out()
                .lines()
                .map(Json::parse)
                .filter(each -> each.path("key").asText().equals(key))
                .findFirst()
                .orElseThrow()
                .path("running")
                .path(0);
    }

    private static void pull(Mirror mirror, String tag) {
        RawHttp.get(URI.create("http://127.0.0.1:" + mirror.port() + "/v2/registry.corp/team/app/manifests/" + tag));
    }
}
