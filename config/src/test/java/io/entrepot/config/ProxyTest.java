package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.oci.Registry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What upstreams are reached through. */
class ProxyTest {

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "PASSWORD", "s3cret",
            "HTTPS_PROXY", "http://kim:p%40ss+word@other.corp:8080/",
            "NO_PROXY", "localhost, .corp.example,10.0.0.0/8");

    @Test
    void isOneForAllThatAreNotInside() throws ConfigException {
        MirrorConfig config = parse("""
                proxy:
                  url: http://proxy.corp:3128
                  username: mirror
                  password: "${env:PASSWORD}"
                  no-proxy: [quay.io]
                upstreams:
                  docker.io: {}
                  registry.corp: { url: "http://10.0.0.5:5000", internal: true }
                  "*.example.com": {}
                """);

        HttpProxy proxy = new HttpProxy(
                "proxy.corp",
                3128,
                Optional.of(new Credentials.Basic("mirror", new Secret("s3cret"))),
                List.of(DirectHost.parse("quay.io")));
        assertThat(config.proxy()).contains(proxy);
        assertThat(of(config, "docker.io")).contains(proxy);
        assertThat(of(config, "registry.corp")).isEmpty();
        assertThat(config.upstreamPatterns()
                        .get(0)
                        .upstream(new Registry("a.example.com"))
                        .reach()
                        .proxy())
                .contains(proxy);
    }

    @Test
    void isAnotherForAnUpstreamOrNone() throws ConfigException {
        MirrorConfig config = parse("""
                proxy: { url: "http://proxy.corp:3128" }
                upstreams:
                  docker.io: { proxy: { url: "http://[fd00::1]:8080" } }
                  quay.io: { proxy: { direct: true } }
                  registry.corp: { internal: true, proxy: { url: "http://inside.corp:3128" } }
                """);

        assertThat(of(config, "docker.io").orElseThrow().host()).isEqualTo("fd00::1");
        assertThat(of(config, "quay.io")).isEmpty();
        assertThat(of(config, "registry.corp").orElseThrow().host()).isEqualTo("inside.corp");
    }

    @Test
    void isOfEachEndpoint() throws ConfigException {
        MirrorConfig config = parse("""
                proxy: { url: "http://proxy.corp:3128" }
                upstreams:
                  docker.io:
                    endpoints:
                      - { url: "https://harbor.corp", internal: true }
                      - { url: "https://near.example", proxy: { direct: true } }
                      - { url: "https://registry-1.docker.io" }
                """);

        assertThat(config.upstreams().get(Registry.DOCKER_HUB).endpoints())
                .extracting(each -> each.reach().proxy().isPresent())
                .containsExactly(false, false, true);
    }

    @Test
    void isTheOneOfTheEnvironmentOnlyIfThatIsSaid() throws ConfigException {
        assertThat(of(parse("upstreams: { docker.io: }"), "docker.io")).isEmpty();

        HttpProxy proxy = of(parse("proxy: { environment: true, no-proxy: [quay.io] }"), "docker.io")
                .orElseThrow();

        assertThat(proxy.host()).isEqualTo("other.corp");
        assertThat(proxy.port()).isEqualTo(8080);
        assertThat(proxy.login()).contains(new Credentials.Basic("kim", new Secret("p@ss+word")));
        assertThat(proxy.isFor("quay.io", 443)).isFalse();
        assertThat(proxy.isFor("a.corp.example", 443)).isFalse();
        assertThat(proxy.isFor("10.1.2.3", 443)).isFalse();
        assertThat(proxy.isFor("registry-1.docker.io", 443)).isTrue();
    }

    @Test
    void isNoneWhereTheEnvironmentHasNone() throws ConfigException {
        MirrorConfig config = ConfigLoader.parse("test", "proxy: { environment: true }", Map.of());

        assertThat(of(config, "docker.io")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ url: https://proxy.corp:443 } | proxy.url: https://proxy.corp:443 (expected: http://host:port)",
                "{ url: http://proxy.corp } | proxy.url: http://proxy.corp (expected: http://host:port)",
                "{ url: 'http://kim:pw@proxy.corp:1' } | proxy.url: a user name in it"
                        + " (expected: username and password beside it)",
                "{ url: http://p.corp:1, username: a } | proxy.username: stands alone (expected: username and password)",
                "{ no-proxy: [a.corp] } | proxy.no-proxy: without url (expected: url: http://host:port beside it)",
                "{ url: http://p.corp:1, environment: true } | proxy.environment: true beside url (expected: one of the two)",
                "{ url: http://p.corp:1, no-proxy: ['a b'] } | proxy.no-proxy: a b"
                        + " (expected: a host, .domain, an address, a network as in 10.0.0.0/8, or *)",
                "{ direct: true } | proxy.direct: unknown key (expected: environment, url, username, password, no-proxy)",
            })
    void isToldOfInOneLine(String proxy, String problem) {
        assertThat(catchThrowableOfType(ConfigException.class, () -> parse("proxy: " + proxy))
                        .problems())
                .extracting(ConfigProblem::message)
                .containsExactly(problem);
    }

    @Test
    void doesNotShowWhatIsSecretInTheEnvironment() {
        ConfigException refused = catchThrowableOfType(
                ConfigException.class,
                () -> ConfigLoader.parse(
                        "test", "proxy: { environment: true }", Map.of("HTTPS_PROXY", "http://kim:s3cret@bad host:1")));

        assertThat(refused.problems().toString()).contains("HTTPS_PROXY").doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource({
        "corp.example, corp.example, true",
        "corp.example, a.corp.example, true",
        "corp.example, acorp.example, false",
        "Corp.Example, A.CORP.example, true",
        ".corp.example, corp.example, false",
        ".corp.example, a.corp.example, true",
        "*.corp.example, a.b.corp.example, true",
        "corp.example:5000, corp.example, false",
        "corp.example:443, corp.example, true",
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.1:443, 10.0.0.1, true",
        "10.0.0.1:80, 10.0.0.1, false",
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.0.0.0/8, a10.corp, false",
        "fd00::/8, fd12::1, true",
        "fd00::1, fd00::1, true",
        "[fd00::1]:443, fd00::1, true",
        "*, anything.example, true"
    })
    void leavesOutHosts(String pattern, String host, boolean matches) {
        assertThat(DirectHost.parse(pattern).matches(host, 443)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "a b", "http://a.corp", "a.corp:0", "a.corp:70000", "10.0.0.1/33", "*a.corp", "a..b"})
    void leavesOutNothingThatIsNoHost(String pattern) {
        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> DirectHost.parse(pattern)))
                .hasMessageContaining("(expected: ");
    }

    private static Optional<HttpProxy> of(MirrorConfig config, String registry) {
        return config.upstreams().get(Registry.parse(registry)).reach().proxy();
    }

    private static MirrorConfig parse(String text) throws ConfigException {
        return ConfigLoader.parse("test", text, ENVIRONMENT);
    }
}
