package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.Admin;
import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.Deadlines;
import io.entrepot.config.MirrorConfig.Drain;
import io.entrepot.config.MirrorConfig.Fills;
import io.entrepot.config.MirrorConfig.Limits;
import io.entrepot.config.MirrorConfig.Listen;
import io.entrepot.config.MirrorConfig.Log;
import io.entrepot.config.MirrorConfig.Scrub;
import io.entrepot.config.MirrorConfig.Storage;
import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.TagPattern.Mode;
import io.entrepot.config.MirrorConfig.UnverifiedRanges;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Registry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds where a file says nothing. */
class DefaultsTest {

    private static final MirrorConfig DEFAULTS = ConfigLoader.defaults();

    @Test
    void coverEverythingButTheUpstreams() {
        assertThat(DEFAULTS)
                .usingRecursiveComparison()
                .ignoringFields("upstreams")
                .isEqualTo(new MirrorConfig(
                        new Listen(
                                "0.0.0.0",
                                5000,
                                Optional.of(Registry.DOCKER_HUB),
                                Map.of(),
                                List.of(),
                                Optional.empty()),
                        new Admin("127.0.0.1", 5001, Optional.empty(), Optional.empty()),
                        Map.of(),
                        List.of(),
                        Optional.empty(),
                        List.of(),
                        List.of(new TagPattern(
                                "**",
                                Mode.REVALIDATE,
                                Duration.ofMinutes(5),
                                Duration.ofHours(24),
                                Duration.ofSeconds(1),
                                false,
                                false)),
                        PolicyConfig.NONE,
                        AccessConfig.NONE,
                        new Storage(
                                Path.of("data/cache"),
                                Long.MAX_VALUE,
                                1L << 30,
                                new Scrub(Duration.ofDays(7), 20L << 20)),
                        new AuditConfig(
                                Path.of("data/audit"),
                                Path.of("data/keys/audit.key"),
                                "",
                                AuditConfig.Durability.GROUP,
                                AuditConfig.OnFailure.REFUSE,
                                16L << 20,
                                Long.MAX_VALUE,
                                Duration.ZERO,
                                Optional.empty(),
                                false,
                                Optional.empty(),
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of()),
                        new Fills(10L << 30, 64, 4, 3, 4096, 256, 5000),
                        new Limits(
                                10_000,
                                256,
                                8192,
                                64,
                                4096,
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(60),
                                1024,
                                Duration.ofSeconds(60),
                                90,
                                64,
                                90),
                        new Drain(Duration.ofSeconds(5), Duration.ofSeconds(30)),
                        new Log(Log.Format.JSON, Log.Level.INFO, false)));
    }

    @Test
    void nameTheSevenPublicRegistries() {
        assertThat(DEFAULTS.upstreams().values())
                .extracting(UpstreamConfig::url)
                .containsExactlyInAnyOrder(
                        URI.create("https://registry-1.docker.io"),
                        URI.create("https://ghcr.io"),
                        URI.create("https://quay.io"),
                        URI.create("https://registry.k8s.io"),
                        URI.create("https://gcr.io"),
                        URI.create("https://public.ecr.aws"),
                        URI.create("https://mcr.microsoft.com"));
    }

    @Test
    void askDockerHubAnonymouslyWithItsOwnTokenServer() {
        assertThat(DEFAULTS.upstreams().get(Registry.DOCKER_HUB))
                .isEqualTo(new UpstreamConfig(
                        Registry.DOCKER_HUB,
                        Registry.DOCKER_HUB.name(),
                        URI.create("https://registry-1.docker.io"),
                        new Credentials.Anonymous(),
                        false,
                        false,
                        List.of(),
                        Optional.empty(),
                        List.of(),
                        List.of("auth.docker.io"),
                        UnverifiedRanges.WAIT,
                        1024,
                        64,
                        new Deadlines(Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(30)),
                        new RateLimits(
                                RateLimits.Reserve.NONE,
                                50,
                                25,
                                new RateLimits.Pace(20, 200, 32, Duration.ofSeconds(30))),
                        false,
                        false,
                        Reach.DIRECT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "---\n", "# nothing\n", "listen:\n", "{}", "upstreams: ~\n", "listen: { port: }\n"})
    void holdForAFileThatSaysNothing(String text) throws ConfigException {
        assertThat(ConfigLoader.parse("mirror.yaml", text, Map.of())).isEqualTo(DEFAULTS);
    }
}
