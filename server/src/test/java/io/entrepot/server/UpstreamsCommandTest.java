package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.HubLimits;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.server.inspect.Json;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code entrepot upstreams} at a mirror that runs. */
@Timeout(60)
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
                .filter(line -> line.startsWith("UPSTREAM"))
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
    void showsTheSameAsJson() throws Exception {
        try (Mirror mirror = config.start()) {
            pull(mirror, "1");
            commands.run("upstreams", "--config", config.file().toString(), "--output", "json");
        }

        JsonNode corp = commands.out()
                .lines()
                .map(Json::parse)
                .filter(each -> each.path("key").asText().equals("registry.corp"))
                .findFirst()
                .orElseThrow();
        JsonNode budget = corp.path("running").path(0).path("budgets").path(0);
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

    private static void pull(Mirror mirror, String tag) {
        RawHttp.get(URI.create("http://127.0.0.1:" + mirror.port() + "/v2/registry.corp/team/app/manifests/" + tag));
    }
}
