package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigLoader;
import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Fault;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.loadtest.TokenAuth;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.Mirror;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** F29: the login to an upstream is changed, and its token server limits who logs in; the mirror runs on. */
@Timeout(60)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class RotatedLoginTest {

    private final TestImage image = ImageBuilder.image().seed(1).layer(1_000).build();
    private final TokenAuth tokens = TokenAuth.password("mirror", "first");
    private final FakeRegistry registry = FakeRegistry.builder().auth(tokens).start();
    private Path secret;
    private Mirror mirror;

    @BeforeEach
    void start(@TempDir Path dir) throws Exception {
        for (int i = 0; i < 20; i++) {
            registry.push("team/app", "t" + i, image);
        }
        secret = Files.writeString(dir.resolve("password"), "first\n");
        mirror = Mirror.start(ConfigLoader.parse("test", """
                listen: { address: 127.0.0.1, port: 0 }
                admin: { address: 127.0.0.1, port: 0 }
                storage: { disk: { path: "%s/cache", min-free: 0 } }
                tags: [ { match: "**", fresh: 0s, stale: 1h, wait: 10s } ]
                upstreams:
                  registry.corp:
                    url: "%s"
                    internal: true
                    shared: true
                    auth: { username: mirror, password: "${file:%s}" }
                """.formatted(dir, registry.url(), secret), Map.of()));
    }

    @AfterEach
    void close() {
        mirror.close();
        registry.close();
    }

    @Test
    void aNewSecretIsTakenWithoutARestart() throws Exception {
        assertThat(get("t0").status()).isEqualTo(200);
        tokens.rotate("second");
        Files.writeString(secret, "second\n");

        Await.until("the new secret is used", () -> get("t1").status() == 200);
        assertThat(get("t2").status()).isEqualTo(200);
    }

    @Test
    void whatIsHeldIsServedWhileTheSecretIsTheOldOneAndTheRestIsRefusedAsWhatItIs() throws Exception {
        get("t0");
        tokens.rotate("second");

        Response stale = get("t0");
        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.body()).isEqualTo(image.manifest());
        assertThat(stale.header("X-Entrepot-Cache")).isEqualTo("stale");
        assertThat(get(image.digest().toString()).status()).isEqualTo(200);
        assertThat(get("t1").status()).isEqualTo(403);

        Files.writeString(secret, "second\n");
        Await.until("the new secret is used", () -> get("t1").status() == 200);
    }

    @Test
    void oneLoginIsEnoughForAllWhileItsTokenHolds() {
        for (int i = 0; i < 20; i++) {
            assertThat(get("t" + i).status()).isEqualTo(200);
        }

        assertThat(registry.tokenRequests()).isEqualTo(1);
    }

    @Test
    void aTokenServerThatLimitsIsLeftAloneForAsLongAsItSays() {
        get("t0");
        tokens.revoke();
        registry.fault(Fault.STATUS.status(429).lasting(Duration.ofMinutes(1)).on("/token"));
        registry.forgetSeen();

        for (int i = 1; i < 20; i++) {
            Response refused = get("t" + i);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
            assertThat(get("t0").header("X-Entrepot-Cache")).isEqualTo("stale");
        }
        assertThat(registry.tokenRequests()).isEqualTo(1);
    }

    private Response get(String reference) {
        return RawHttp.get(
                URI.create("http://127.0.0.1:" + mirror.port() + "/v2/registry.corp/team/app/manifests/" + reference));
    }
}
