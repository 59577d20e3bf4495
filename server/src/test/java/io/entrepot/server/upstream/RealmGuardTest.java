package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.config.MirrorConfig.Deadlines;
import io.entrepot.config.MirrorConfig.UnverifiedRanges;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.config.Reach;
import io.entrepot.oci.Registry;
import io.entrepot.server.http.Configs;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealmGuardTest {

    private final RealmGuard hub = guard("https://registry-1.docker.io", false, "auth.docker.io");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://auth.docker.io/token",
                "https://auth.docker.io:443/token?x=y",
                "https://AUTH.docker.io/token",
                "https://registry-1.docker.io/token",
                "HTTPS://registry-1.docker.io/token"
            })
    void letsAnUpstreamNameItsOwnHostAndThoseOnItsList(String realm) {
        assertThat(hub.check(realm)).isEqualTo(URI.create(realm));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "auth.docker.io/token",
                "//auth.docker.io/token",
                "/token",
                "https:auth.docker.io",
                "https:///token",
                "http://auth.docker.io/token",
                "http://auth.docker.io:443/token",
                "file:///etc/passwd",
                "jar:https://auth.docker.io!/token",
                "https://evil.example/token",
                "https://auth.docker.io.evil.example/token",
                "https://evil-auth.docker.io/token",
                "https://docker.io/token",
                "https://auth.docker.io./token",
                "https://auth.docker.io:8443/token",
                "https://registry-1.docker.io:5000/token",
                "https://auth.docker.io@evil.example/token",
                "https://auth.docker.io:443@evil.example/token",
                "https://kim:s3cret@auth.docker.io/token",
                "https://evil.example#@auth.docker.io/token",
                "https://auth.docker.io#/token",
                "https://evil.example?@auth.docker.io/token",
                "https://evil.example\\@auth.docker.io/token",
                "https://auth%2edocker.io/token",
                "https://auth.docker.io%00.evil.example/token",
                "https://auth.docker.io /token",
                "https://auth.docker.io\r\nHost: evil/token",
                "https://auth。docker。io/token",
                "https://auth．docker｡io/token",
                "https://аuth.docker.io/token",
                "https://169.254.169.254/latest/meta-data",
                "https://127.0.0.1/token",
                "https://[::1]/token",
                "https://[::ffff:169.254.169.254]/token",
                "https://2130706433/token",
                "https://0x7f.0.0.1/token",
                "https://localhost/token"
            })
    void letsItNameNothingElse(String realm) {
        assertThatThrownBy(() -> hub.check(realm)).isInstanceOf(WrongAnswer.class);
    }

    @Test
    void takesNoAddressWithoutABound() {
        assertThatThrownBy(() -> hub.check("https://auth.docker.io/" + "t".repeat(2_048)))
                .isInstanceOf(WrongAnswer.class);
    }

    @Test
    void saysWhatWasNamedAndWhatMayBe() {
        assertThatThrownBy(() -> hub.check("https://evil.example:8443/token?secret=1"))
                .hasMessage("names a token server that it may not name: evil.example:8443"
                        + " (expected: https on its own host or on one of token-hosts)");
    }

    @Test
    void knowsAHostOnAPortOfTheUpstreamsAndOnTheStandardOne() {
        RealmGuard gitlab = guard("https://gitlab.test:5050", false);

        assertThat(gitlab.check("https://gitlab.test/jwt/auth")).hasHost("gitlab.test");
        assertThat(gitlab.check("https://gitlab.test:5050/jwt/auth")).hasPort(5050);
        assertThatThrownBy(() -> gitlab.check("https://gitlab.test:8080/jwt/auth"))
                .isInstanceOf(WrongAnswer.class);
    }

    @Test
    void takesAListedHostWithAPortForThatPortAlone() {
        RealmGuard guard = guard("https://r.test", false, "tokens.test:8443");

        assertThat(guard.check("https://tokens.test:8443/t")).hasPort(8443);
        assertThatThrownBy(() -> guard.check("https://tokens.test/t")).isInstanceOf(WrongAnswer.class);
    }

    @Test
    void takesPlainHttpFromAnInternalUpstreamOnly() {
        assertThat(guard("http://10.0.0.5:5000", true).check("http://10.0.0.5:5000/token"))
                .hasHost("10.0.0.5");
        assertThatThrownBy(() -> guard("https://r.test", false).check("http://r.test/token"))
                .hasMessageContaining("http://r.test");
    }

    private static RealmGuard guard(String url, boolean internal, String... tokenHosts) {
        return new RealmGuard(new UpstreamConfig(
                new Registry("docker.io"),
                new Registry("docker.io").name(),
                URI.create(url),
                Bench.NOBODY,
                internal,
                false,
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(tokenHosts),
                UnverifiedRanges.WAIT,
                1,
                1,
                new Deadlines(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)),
                Configs.RATE_LIMITS,
                false,
                false,
                Reach.DIRECT));
    }
}
