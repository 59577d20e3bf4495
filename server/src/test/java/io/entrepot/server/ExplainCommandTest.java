package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.cli.Cli;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code entrepot explain}, by a configuration and by a mirror that runs. */
@Timeout(60)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class ExplainCommandTest {

    @TempDir
    private Path root;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private TestConfig config;

    @BeforeEach
    void configure() throws Exception {
        config = TestConfig.under(root, """
                upstreams:
                  docker.io: { url: https://registry-1.docker.io }
                  registry.corp: { url: "http://127.0.0.1:1", internal: true }
                aliases: { old.corp/hub: docker.io }
                tags:
                  - { match: "docker.io/library/*:*.*", immutable: true }
                  - { match: "**:dev", never: true }
                """);
    }

    @Test
    void saysWhereATagGoesAndHowLongItIsBelieved() {
        assertThat(explain("alpine")).isZero();

        assertThat(out.toString()).isEqualTo("""
                image      docker.io/library/alpine:latest
                upstream   https://registry-1.docker.io (anonymous)
                freshness  believed for 5m, then asked; served stale for 24h where nobody answers (by **)
                held       not known: no mirror runs with this configuration
                asked by   anybody
                verdict    allowed, by no rule
                sent       200, if it is there
                """);
    }

    @Test
    void followsAliases() {
        assertThat(explain("old.corp/hub/library/alpine:3.20")).isZero();

        assertThat(out.toString())
                .contains(
                        "image      docker.io/library/alpine:3.20\n",
                        "freshness  as first seen, for ever (by docker.io/library/*:*.*)\n");
    }

    @Test
    void aTagThatIsNeverBelieved() {
        explain("registry.corp/app:dev");

        assertThat(out.toString()).contains("freshness  asked upstream each time (by **:dev)\n");
    }

    @Test
    void aDigestNeedsNoBelieving() {
        assertThat(explain("registry.corp/app@sha256:" + "a".repeat(64))).isZero();

        assertThat(out.toString())
                .contains("image      registry.corp/app@sha256:aaaa", "freshness  a digest cannot move\n");
    }

    @Test
    void aMirrorThatRunsSaysWhatItHolds() throws Exception {
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            assertThat(explain("alpine")).isZero();
        }

        assertThat(out.toString()).contains("held       nothing\n");
    }

    @Test
    void aRegistryThatIsNotConfiguredIsAFailureThatNamesTheLinesToAdd() throws Exception {
        assertThat(explain("ghcr.io/acme/app:1")).isEqualTo(1);
        String offline = err.toString();
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            assertThat(explain("ghcr.io/acme/app:1")).isEqualTo(1);
        }

        assertThat(offline)
                .startsWith("entrepot: ghcr.io is not an upstream of this mirror")
                .contains("upstreams:");
        assertThat(err).hasToString(offline + offline);
    }

    @Test
    void whatIsNoReferenceIsUsage() throws Exception {
        assertThat(explain("Not An Image")).isEqualTo(2);
        try (Mirror mirror = config.start()) {
            assertThat(mirror.port()).isPositive();
            assertThat(explain("Not An Image")).isEqualTo(2);
        }
    }

    @Test
    void jsonIsForPrograms() {
        assertThat(explain("alpine", "--output", "json")).isZero();

        assertThat(out.toString())
                .contains("\"repository\":\"docker.io/library/alpine\"", "\"mode\":\"revalidate\"", "\"fresh\":\"5m\"");
    }

    private int explain(String image, String... more) {
        String[] all = new String[more.length + 4];
        all[0] = "explain";
        all[1] = image;
        all[2] = "--config";
        all[3] = config.file().toString();
        System.arraycopy(more, 0, all, 4, more.length);
        return new Cli((config, file, self) -> 0)
                .out(new PrintWriter(out, true))
                .err(new PrintWriter(err, true))
                .run(all);
    }
}
