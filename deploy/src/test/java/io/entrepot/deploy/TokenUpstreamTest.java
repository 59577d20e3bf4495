package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.RawHttp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real docker-registry behind a token server: the mirror has the password, its clients have none. */
class TokenUpstreamTest {

    @Test
    void pullsWithTheMirrorsCredentials(@TempDir Path dir) throws Exception {
        try (TokenServer tokens = TokenServer.start(dir);
                RealRegistry upstream = RealRegistry.start(dir.resolve("upstream"), tokens.registryConfig())) {
            Path login = Files.createDirectories(dir.resolve("login"));
            Path password = Files.writeString(dir.resolve("password"), TokenServer.PASSWORD);
            Map<String, String> crane = Map.of("DOCKER_CONFIG", login.toString());
            Running.run(
                    crane,
                    Tools.CRANE.path().toString(),
                    "auth",
                    "login",
                    upstream.host(),
                    "-u",
                    TokenServer.USER,
                    "-p",
                    TokenServer.PASSWORD);
            Path layer = dir.resolve("layer.tar");
            Running.run(Map.of(), "tar", "-C", login.toString(), "-cf", layer.toString(), ".");
            Running.run(
                    crane,
                    Tools.CRANE.path().toString(),
                    "append",
                    "--insecure",
                    "--oci-empty-base",
                    "-f",
                    layer.toString(),
                    "-t",
                    upstream.host() + "/team/app:1");
            tokens.refused().clear();

            try (PackagedMirror mirror = PackagedMirror.start(
                    dir.resolve("mirror"), """
                    registry.corp:
                      url: "%s"
                      internal: true
                      shared: true
                      token-hosts: [ "127.0.0.1:%d" ]
                      auth: { username: %s, password: "${file:%s}" }
                    """.formatted(upstream.url(), tokens.port(), TokenServer.USER, password))) {
                RawHttp.Response manifest = RawHttp.get(mirror.uri("/v2/registry.corp/team/app/manifests/1"));

                assertThat(manifest.status()).as(mirror.log()).isEqualTo(200);
                String blob = manifest.text()
                        .replaceAll("(?s).*\"layers\":.*?\"digest\":\\s*\"(sha256:[0-9a-f]{64})\".*", "$1");
                assertThat(RawHttp.get(mirror.uri("/v2/registry.corp/team/app/blobs/" + blob))
                                .digest())
                        .hasToString(blob);
                assertThat(tokens.refused()).isEmpty();
                assertThat(mirror.log()).doesNotContain(TokenServer.PASSWORD);
            }
        }
    }
}
