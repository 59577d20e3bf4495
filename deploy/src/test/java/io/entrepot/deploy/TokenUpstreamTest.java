package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real docker-registry behind a token server: the mirror has the password, its clients have none. */
class TokenUpstreamTest {

    @TempDir
    Path dir;

    private TokenServer tokens;
    private RealRegistry upstream;

    @BeforeEach
    void start() throws Exception {
        tokens = TokenServer.start(dir);
        upstream = RealRegistry.start(dir.resolve("upstream"), tokens.registryConfig());
        Path login = Files.createDirectories(dir.resolve("login"));
        Images.crane("auth", "login", upstream.host(), "-u", TokenServer.USER, "-p", TokenServer.PASSWORD)
                .in("DOCKER_CONFIG", login)
                .run();
        Images.crane("append", "--insecure", "--oci-empty-base", "-f", Images.layer(login))
                .with("-t", upstream.host() + "/team/app:1")
                .in("DOCKER_CONFIG", login)
                .run();
        tokens.refused().clear();
    }

    @AfterEach
    void stop() {
        upstream.close();
        tokens.close();
    }

    @Test
    void givesItsClientsWhatItsOwnLoginCanRead() throws Exception {
        Path password = Files.writeString(dir.resolve("password"), TokenServer.PASSWORD);
        try (PackagedMirror mirror = mirror("auth: { username: %s, password: \"${file:%s}\" }, shared: true"
                .formatted(TokenServer.USER, password))) {
            Skopeo.in(dir).copy(mirror.host() + "/registry.corp/team/app:1", dir.resolve("copy"));

            assertThat(tokens.refused()).isEmpty();
            assertThat(mirror.log()).doesNotContain(TokenServer.PASSWORD);
        }
    }

    @Test
    void saysThatTheUpstreamRefusesWithoutALogin() throws Exception {
        try (PackagedMirror mirror = mirror("shared: false")) {
            Command.Outcome outcome = Skopeo.in(dir)
                    .skopeo("inspect", "--raw", "--tls-verify=false")
                    .with("docker://" + mirror.host() + "/registry.corp/team/app:1")
                    .attempt();

            assertThat(outcome.succeeded()).isFalse();
            assertThat(outcome.output()).contains("upstream refuses");
        }
    }

    private PackagedMirror mirror(String login) throws Exception {
        return PackagedMirror.start(
                dir.resolve("mirror"),
                "registry.corp: { url: \"%s\", internal: true, token-hosts: [\"127.0.0.1:%d\"], %s }"
                        .formatted(upstream.url(), tokens.port(), login));
    }
}
