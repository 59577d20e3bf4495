package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whoever made ten mistakes is told all ten at once. */
class TenMistakesTest {

    private static final String FILE = """
            listen:
              adress: 0.0.0.0
              port: 70000
              default-registry: quay.io
            upstreams:
              docker.io:
                auth: { username: me, password: hunter2 }
                shared: true
              registry.corp: { url: "http://registry.corp" }
              ghcr.io: { auth: { username: bot, password: "${env:GHCR}" } }
              "*.dkr.ecr.eu-west-1.amazonaws.com": { url: "https://ecr.aws" }
            tags:
              - { match: "**:latest", fresh: 5 minutes }
              - { match: "**:v*", immutable: true, stale: 1h }
            log:
              format: json
              format: text
            """;

    @Test
    void isToldAllTenWithTheirLines() {
        ConfigException e = catchThrowableOfType(
                ConfigException.class, () -> ConfigLoader.parse("mirror.yaml", FILE, Map.of("GHCR", "x")));

        assertThat(e).hasMessage("""
                mirror.yaml:2: listen.adress: unknown key (did you mean address?)
                mirror.yaml:3: listen.port: 70000 (expected: a number from 0 to 65535)
                mirror.yaml:4: listen.default-registry: quay.io is no upstream (expected: one of docker.io, ghcr.io, registry.corp)
                mirror.yaml:7: upstreams.docker.io.auth.password: a secret in the file itself (expected: ${env:NAME} or ${file:PATH})
                mirror.yaml:9: upstreams.registry.corp.url: http://registry.corp is plain HTTP (expected: https, or internal: true beside it if that is meant)
                mirror.yaml:10: upstreams.ghcr.io.auth: what our login can read is not everybody's (expected: shared: true if it is, or clients: with the networks that may read it)
                mirror.yaml:11: upstreams.*.dkr.ecr.eu-west-1.amazonaws.com.url: a pattern has none (expected: each upstream under its own name)
                mirror.yaml:13: tags[0].fresh: 5 minutes (expected: a duration, as in 500ms, 30s, 5m, 6h, 7d, at most 3650d)
                mirror.yaml:14: tags[1].stale: has no meaning beside immutable: true (expected: one of the two)
                mirror.yaml:17: log.format: given twice, first in line 16""");
    }
}
