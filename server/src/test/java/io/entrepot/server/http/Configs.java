package io.entrepot.server.http;

import io.entrepot.config.AccessConfig;
import io.entrepot.config.AuditConfig;
import io.entrepot.config.MirrorConfig;
import io.entrepot.config.MirrorConfig.Alias;
import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.Deadlines;
import io.entrepot.config.MirrorConfig.Limits;
import io.entrepot.config.MirrorConfig.TagPattern;
import io.entrepot.config.MirrorConfig.UnverifiedRanges;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.config.Network;
import io.entrepot.config.PolicyConfig;
import io.entrepot.config.RateLimits;
import io.entrepot.config.Reach;
import io.entrepot.oci.Registry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Configurations for tests: a listener with a default, a host and an alias or two. */
public final class Configs {

    public static final Limits LIMITS = limits(1_000, 1_000, 10_000, 60_000, 60_000);

    public static final List<TagPattern> TAGS = List.of(new TagPattern(
            "**",
            TagPattern.Mode.REVALIDATE,
            Duration.ofMinutes(5),
            Duration.ofHours(24),
            Duration.ofSeconds(1),
            true,
            false));

    /** As an internal upstream has them: asked as fast as it can answer. */
    public static final RateLimits RATE_LIMITS =
            new RateLimits(RateLimits.Reserve.NONE, 50, 25, new RateLimits.Pace(0, 200, 1_000, Duration.ofSeconds(10)));

    private Configs() {}

    /** Limits with these; timeouts in milliseconds. */
    public static Limits limits(int connections, int ofOneClient, long header, long idle, long write) {
        return limits(connections, ofOneClient, header, idle, write, 0, Duration.ofSeconds(60));
    }

    /** Also with a least rate. */
    public static Limits limits(
            int connections, int ofOneClient, long header, long idle, long write, long minRate, Duration window) {
        return new Limits(
                connections,
                ofOneClient,
                8_192,
                64,
                4_096,
                Duration.ofSeconds(5),
                Duration.ofMillis(header),
                Duration.ofMillis(idle),
                Duration.ofMillis(write),
                minRate,
                window,
                90,
                64,
                90);
    }

    /** The same limits with another deadline for the handshake. */
    static Limits handshakeWithin(Limits limits, Duration time) {
        return new Limits(
                limits.connections(),
                limits.connectionsPerClient(),
                limits.headerSize(),
                limits.headerFields(),
                limits.requestLine(),
                time,
                limits.headerTimeout(),
                limits.idleTimeout(),
                limits.writeTimeout(),
                limits.minRate(),
                limits.minRateWindow(),
                limits.openFiles(),
                limits.reservedFiles(),
                limits.directMemory());
    }

    public static MirrorConfig config(
            Optional<Registry> defaultRegistry, Map<String, Registry> hosts, List<Alias> aliases) {
        Duration second = Duration.ofSeconds(1);
        return new MirrorConfig(
                new MirrorConfig.Listen("127.0.0.1", 0, defaultRegistry, hosts, List.of(), Optional.empty()),
                new MirrorConfig.Admin("127.0.0.1", 0, Optional.empty(), Optional.empty()),
                Map.of(),
                List.of(),
                Optional.empty(),
                aliases,
                TAGS,
                PolicyConfig.NONE,
                AccessConfig.NONE,
                new MirrorConfig.Storage(Path.of("data"), 1 << 30, 0, new MirrorConfig.Scrub(Duration.ZERO, 0)),
                new AuditConfig(
                        Path.of("audit"),
                        Path.of("audit.key"),
                        "",
                        AuditConfig.Durability.OFF,
                        AuditConfig.OnFailure.REFUSE,
                        1 << 20,
                        1 << 30,
                        Duration.ZERO,
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of()),
                new MirrorConfig.Fills(0, 1, 1, 1, 1, 1, 1),
                LIMITS,
                new MirrorConfig.Drain(Duration.ZERO, second),
                new MirrorConfig.Log(MirrorConfig.Log.Format.TEXT, MirrorConfig.Log.Level.INFO, false));
    }

    public static UpstreamConfig upstream(String registry, Network... clients) {
        Duration second = Duration.ofSeconds(1);
        return new UpstreamConfig(
                Registry.parse(registry),
                Registry.parse(registry).name(),
                URI.create("https://" + registry),
                new Credentials.Anonymous(),
                false,
                clients.length == 0,
                List.of(clients),
                Optional.empty(),
                List.of(),
                List.of(),
                UnverifiedRanges.WAIT,
                0,
                1,
                new Deadlines(second, second, second),
                RATE_LIMITS,
                false,
                false,
                Reach.DIRECT);
    }
}
