package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.TestImage;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code entrepot explain} says what the rules make of an image, and what would be sent. */
@Timeout(60)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class ExplainPolicyTest {

    @TempDir
    private Path root;

    private final FakeRegistry registry = FakeRegistry.start();
    private final TestImage image =
            ImageBuilder.image().platform("linux/arm64").layer(1000).build();
    private final Commands commands = new Commands();
    private TestConfig config;

    @BeforeEach
    void configure() throws Exception {
        registry.push("team/app", "1", image);
        config = TestConfig.under(root, """
                upstreams: { up.corp: { url: "%s", internal: true } }
                access: { groups: { ops: { networks: [10.9.0.0/16], users: [ann] } } }
                policy:
                  rules:
                    - name: no-latest
                      match: { tags: [latest], namespaces: ["prod-*"] }
                      deny: "{image} moves"
                    - name: ops
                      match: { groups: [ops] }
                      allow: true
                    - name: here
                      match: { repositories: ["up.corp/team/*"] }
                      require: { platforms: [linux/amd64] }
                    - name: last
                      match: { repositories: ["up.corp/team/*", "up.corp/public/*"] }
                      allow: true
                """.formatted(registry.url()));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void byTheConfigurationAlone() {
        assertThat(lines(explain("up.corp/team/app:1")))
                .containsExactly(
                        "asked by   anybody",
                        "rule       no-latest: does not match: namespaces",
                        "rule       ops: does not match: groups",
                        "rule       here: decides",
                        "rule       last: not reached",
                        "verdict    depends on platforms (rule here)",
                        "sent       it depends on that");
        assertThat(lines(explain("up.corp/team/app", "--namespace", "prod-a")))
                .contains(
                        "asked by   system:serviceaccount:prod-a:default",
                        "verdict    refused, by rule no-latest",
                        "sent       403 up.corp/team/app:latest moves (rule no-latest)");
        assertThat(lines(explain("up.corp/team/app:1", "--as", "ann", "--group", "dev")))
                .contains("asked by   ann in dev", "verdict    allowed, by rule ops", "sent       200, if it is there");
        assertThat(lines(explain("up.corp/team/app:1", "--from", "10.9.1.1")))
                .contains("verdict    allowed, by rule ops");
        assertThat(lines(explain("up.corp/other/app:1")))
                .contains(
                        "verdict    refused, by no rule",
                        "sent       403 no rule allows up.corp/other/app:1 (default: deny)");
        assertThat(lines(explain("up.corp/entrepot-canary:1"))).contains("verdict    refused, by rule entrepot-canary");
    }

    /** What the mirror holds is judged as a pull would judge it, and nobody is asked for it. */
    @Test
    void byAMirrorThatRunsAndHoldsIt() throws Exception {
        try (Mirror mirror = config.start()) {
            URI app = URI.create("http://127.0.0.1:" + mirror.port() + "/v2/team/app/manifests/1?ns=up.corp");
            RawHttp.Response refused = RawHttp.get(app);
            assertThat(refused.status()).isEqualTo(403);
            long asked = registry.seen().size();

            List<String> lines = lines(explain("up.corp/team/app:1"));

            assertThat(lines)
                    .contains(
                            "judged     " + image.digest(),
                            "rule       here: decides",
                            "verdict    refused, by rule here")
                    .contains("sent       403 " + refused.reason())
                    .anyMatch(line -> line.startsWith("under      tag 1, ") && line.endsWith(", first seen with it"));
            assertThat(lines(explain("up.corp/team/app:1", "--as", "ann"))).contains("verdict    allowed, by rule ops");
            assertThat(lines(explain("up.corp/team/other:1"))).contains("verdict    depends on platforms (rule here)");
            assertThat(registry.seen()).hasSize((int) asked);
        }
    }

    @Test
    void whoCannotBeIsUsage() throws Exception {
        assertThat(explain("up.corp/team/app:1", "--from", "somewhere")).isEqualTo(2);
        assertThat(explain("up.corp/team/app:1", "--service-account", "web")).isEqualTo(2);
    }

    /** Without the places in the file, and without what comes before the rules. */
    private List<String> lines(int code) {
        assertThat(code).as(commands.err()).isZero();
        return commands.out()
                .lines()
                .dropWhile(line -> !line.startsWith("asked by"))
                .map(line -> line.replaceAll(" \\([^ ]*mirror.yaml:\\d+\\)", ""))
                .toList();
    }

    private int explain(String image, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("explain", image, "--config", config.file().toString()));
        arguments.addAll(List.of(more));
        return commands.run(arguments.toArray(String[]::new));
    }
}
