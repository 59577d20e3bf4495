package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Registry;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamPatternTest {

    @ParameterizedTest
    @CsvSource({
        "*.dkr.ecr.*.amazonaws.com, 123.dkr.ecr.eu-west-1.amazonaws.com, true",
        "*.dkr.ecr.*.amazonaws.com, dkr.ecr.eu-west-1.amazonaws.com, false",
        "*.dkr.ecr.*.amazonaws.com, 1.2.dkr.ecr.eu-west-1.amazonaws.com, false",
        "*.dkr.ecr.*.amazonaws.com, 123.dkr.ecr.eu-west-1.amazonaws.com.evil.example, false",
        "*.dkr.ecr.*.amazonaws.com, 123.dkr.ecr.eu-west-1.amazonaws.com:8443, false",
        "*-docker.pkg.dev, europe-west3-docker.pkg.dev, true",
        "*.registry.corp:5000, a.registry.corp:5000, true",
        "*, anything.example, true",
        "*, anything.example:5000, true",
        "*, anything.example:443, false",
        "*, localhost, false",
        "*, localhost:5000, false",
        "*, 93.184.216.34, false",
        "*, 93.184.216.34:443, false",
        "*, [::1]:5000, false",
    })
    void matchesNamesOfDomains(String pattern, String name, boolean matches) throws ConfigException {
        assertThat(pattern(pattern).matches(new Registry(name))).isEqualTo(matches);
    }

    @Test
    void makesAnUpstreamUnderItsOwnName() throws ConfigException {
        UpstreamConfig upstream = pattern("*.pkg.dev").upstream(new Registry("eu.pkg.dev"));

        assertThat(upstream.registry()).isEqualTo(new Registry("eu.pkg.dev"));
        assertThat(upstream.key()).isEqualTo("*.pkg.dev");
        assertThat(upstream.url()).isEqualTo(URI.create("https://eu.pkg.dev"));
        assertThat(upstream.observe()).isTrue();
        assertThat(upstream.connections()).isEqualTo(7);
    }

    @Test
    void mayBeWhatOtherKeysSpeakOf() throws ConfigException {
        MirrorConfig config = ConfigLoader.parse("mirror.yaml", """
                listen: { default-registry: eu.pkg.dev, hosts: { docker.corp: us.pkg.dev } }
                upstreams: { "*.pkg.dev": {} }
                aliases: { old.corp: eu.pkg.dev/team }
                tags: [ { match: "eu.pkg.dev/**", fresh: 1h } ]
                """, Map.of());

        assertThat(config.listen().defaultRegistry()).contains(new Registry("eu.pkg.dev"));
    }

    @Test
    void isOfflineWithTheWholeMirror() throws ConfigException {
        MirrorConfig config = ConfigLoader.parse(
                "mirror.yaml", "offline: true\nupstreams: { \"*.pkg.dev\": {}, ghcr.io: {} }", Map.of());

        assertThat(config.upstreamPatterns())
                .allMatch(pattern -> pattern.template().offline());
        assertThat(config.upstreams().values()).allMatch(UpstreamConfig::offline);
    }

    private static UpstreamPattern pattern(String pattern) throws ConfigException {
        String text = "upstreams: { \"%s\": { observe: true, connections: 7 } }".formatted(pattern);
        return ConfigLoader.parse("mirror.yaml", text, Map.of())
                .upstreamPatterns()
                .get(0);
    }
}
