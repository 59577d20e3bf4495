package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Registry;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several places where the content of one upstream can be had. */
class EndpointsTest {

    @Test
    void comeInTheirOrderEachWithItsOwn() throws ConfigException {
        UpstreamConfig hub = hub("""
                shared: true
                connections: 8
                endpoints:
                  - url: https://harbor.corp
                    prefix: proxies/hub
                    auth: { username: robot, password: "${env:PASSWORD}" }
                    pass-on: [not-found, refused]
                  - url: http://10.0.0.7:8081/repository/hub/
                    internal: true
                    redirect-hosts: [s3.corp]
                    token-hosts: [auth.corp]
                  - url: https://registry-1.docker.io
                """);

        List<UpstreamConfig> endpoints = hub.endpoints();
        assertThat(endpoints)
                .extracting(UpstreamConfig::url)
                .containsExactly(
                        URI.create("https://harbor.corp"),
                        URI.create("http://10.0.0.7:8081/repository/hub"),
                        URI.create("https://registry-1.docker.io"));
        assertThat(endpoints).allSatisfy(each -> {
            assertThat(each.registry()).isEqualTo(Registry.DOCKER_HUB);
            assertThat(each.key()).isEqualTo("docker.io");
            assertThat(each.shared()).isTrue();
            assertThat(each.connections()).isEqualTo(8);
        });
        assertThat(endpoints)
                .extracting(UpstreamConfig::credentials)
                .containsExactly(
                        new Credentials.Basic("robot", new Secret("s3cret")),
                        new Credentials.Anonymous(),
                        new Credentials.Anonymous());
        assertThat(endpoints.get(0).reach().prefix()).isEqualTo("proxies/hub");
        assertThat(endpoints.get(0).reach().passOn()).isEqualTo(Set.of(Reach.Answer.NOT_FOUND, Reach.Answer.REFUSED));
        assertThat(endpoints.get(1).internal()).isTrue();
        assertThat(endpoints.get(1).redirectHosts()).containsExactly("s3.corp");
        assertThat(endpoints)
                .extracting(UpstreamConfig::tokenHosts)
                .containsExactly(List.of(), List.of("auth.corp"), List.of("auth.docker.io"));
    }

    @Test
    void areOneWhereNothingIsSaid() throws ConfigException {
        assertThat(hub("shared: true").endpoints()).hasSize(1);
        assertThat(hub("endpoints: []").url()).isEqualTo(URI.create("https://registry-1.docker.io"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url: https://a.corp | 2: upstreams.docker.io.url: stands beside endpoints"
                        + " (expected: in each of them that needs it)",
                "internal: true | 2: upstreams.docker.io.internal: stands beside endpoints"
                        + " (expected: in each of them that needs it)",
            })
    void haveWhatIsTheirsInEachOfThem(String key, String problem) {
        assertThat(problems(key + "\nendpoints: [ { url: https://b.corp } ]")).containsExactly(problem);
    }

    @Test
    void areEachAPlaceOfTheirOwn() {
        assertThat(problems("""
                shared: true
                endpoints:
                  - { url: https://a.corp }
                  - { url: https://a.corp, prefix: hub }
                  - { url: https://a.corp/, auth: { username: other, password: "${env:PASSWORD}" } }
                """))
                .containsExactly("6: upstreams.docker.io.endpoints[2].url: https://a.corp is an endpoint already"
                        + " (expected: each place once)");
    }

    @Test
    void needTheRightsOfTheirLoginSaid() {
        assertThat(problems(
                        "endpoints: [ { url: https://a.corp, auth: { username: a, password: \"${env:PASSWORD}\" } } ]"))
                .containsExactly("2: upstreams.docker.io.endpoints[0].auth: what our login can read is not everybody's"
                        + " (expected: shared: true if it is, or clients: with the networks that may read it)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ prefix: hub } | 2: upstreams.docker.io.endpoints[0]: no url"
                        + " (expected: https://host, or one with a path to its /v2/)",
                "{ url: https://a.corp, prefix: /hub } | 2: upstreams.docker.io.endpoints[0].prefix: /hub"
                        + " (expected: what stands before a repository there, as in dockerhub or proxies/hub)",
                "{ url: https://a.corp, pass-on: [gone] } | 2: upstreams.docker.io.endpoints[0].pass-on: gone"
                        + " (expected: not-found or refused)",
                "{ url: https://a.corp, shared: true } | 2: upstreams.docker.io.endpoints[0].shared: unknown key"
                        + " (expected: internal, url, auth, credentials, ca, redirect-hosts, token-hosts, proxy, prefix, pass-on)",
                "{ url: http://a.corp } | 2: upstreams.docker.io.endpoints[0].url: http://a.corp is plain HTTP"
                        + " (expected: https, or internal: true beside it if that is meant)",
            })
    void areToldOfInOneLine(String endpoint, String problem) {
        assertThat(problems("endpoints: [ " + endpoint + " ]")).containsExactly(problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://a.corp/v2",
                "https://a.corp/hub/v2/",
                "https://a.corp/../hub",
                "https://a.corp/hub//x",
                "https://a.corp/hub?x=y",
                "https://a.corp/hub#x",
                "https://kim@a.corp/hub",
                "https://a.corp/%2e",
                "a.corp/hub",
                "ftp://a.corp/hub"
            })
    void areAtAnAddressThatCanBeAsked(String url) {
        assertThat(problems("endpoints: [ { url: \"" + url + "\" } ]")).hasSize(1);
    }

    @Test
    void areNothingForAPattern() throws ConfigException {
        assertThat(catchThrowableOfType(
                                ConfigException.class,
                                () -> parse("\"*.corp\": { endpoints: [ { url: https://a.corp } ] }"))
                        .problems())
                .extracting(ConfigProblem::message)
                .contains(
                        "upstreams.*.corp.endpoints: a pattern has none (expected: each upstream under its own name)");
    }

    private static UpstreamConfig hub(String text) throws ConfigException {
        return parse("docker.io:\n" + text.indent(2)).upstreams().get(Registry.DOCKER_HUB);
    }

    private static List<String> problems(String text) {
        return catchThrowableOfType(ConfigException.class, () -> hub(text)).problems().stream()
                .map(problem -> (problem.line() - 1) + ": " + problem.message())
                .collect(Collectors.toList());
    }

    private static MirrorConfig parse(String upstreams) throws ConfigException {
        return ConfigLoader.parse("mirror.yaml", "upstreams:\n" + upstreams.indent(2), Map.of("PASSWORD", "s3cret"));
    }
}
