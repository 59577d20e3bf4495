package io.entrepot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One mistake, one problem: where, what, and what was expected. */
class MistakesTest {

    @ParameterizedTest(name = "{1}")
    @MethodSource
    void isToldInOneLine(String text, String problem) {
        assertThat(problems(text)).isEqualTo(problem);
    }

    static Stream<Arguments> isToldInOneLine() {
        return Stream.of(
                mistake("limits: 5", "1: limits: 5 (expected: a mapping of keys)"),
                mistake("- a", "1: the file: a list (expected: a mapping of keys)"),
                mistake("just text", "1: the file: just text (expected: a mapping of keys)"),
                mistake("? [a]\n: b", "1: ?: a key that is no text (expected: a name)"),
                mistake("lisen: {}", "1: lisen: unknown key (did you mean listen?)"),
                mistake("log: { verbose: true }", "1: log.verbose: unknown key (expected: format, level, requests)"),
                mistake(
                        "storage: { disk: { maxSize: 1GiB } }",
                        "1: storage.disk.maxSize: unknown key (did you mean max-size?)"),
                mistake("log: {}\nlog: {}", "2: log: given twice, first in line 1"),
                mistake("log: { requests: yes }", "1: log.requests: yes (expected: true or false)"),
                mistake("log: { requests: [true] }", "1: log.requests: a list (expected: one value)"),
                mistake("log: { level: fatal }", "1: log.level: fatal (expected: error or warn or info or debug)"),
                mistake(
                        "upstreams: { a.b: { rate-limits: { reserve: { share: 20 } } } }",
                        "1: upstreams.a.b.rate-limits.reserve.share: is for nobody (expected: repositories or clients"
                                + " beside it)"),
                mistake(
                        "upstreams: { a.b: { rate-limits: { reserve: { repositories: [\"a.b/**\"] } } } }",
                        "1: upstreams.a.b.rate-limits.reserve: no share (expected: share, in percent of what the upstream"
                                + " grants)"),
                mistake(
                        "upstreams: { a.b: { rate-limits: { reserve: { share: 91, clients: [{ users: [a] }] } } } }",
                        "1: upstreams.a.b.rate-limits.reserve.share: 91 (expected: a number from 0 to 90)"),
                mistake(
                        "upstreams: { a.b: { rate-limits: { rate: 0 } } }",
                        "1: upstreams.a.b.rate-limits.rate: 0 (expected: requests a second, 1 to 100000, or"
                                + " unlimited)"),
                mistake(
                        "upstreams: { a.b: { rate-limits: { wait: 0s } } }",
                        "1: upstreams.a.b.rate-limits.wait: 0s (expected: more than 0)"),
                mistake("listen: { port: a }", "1: listen.port: a (expected: a number from 0 to 65535)"),
                mistake("listen: { port: -1 }", "1: listen.port: -1 (expected: a number from 0 to 65535)"),
                mistake(
                        "listen: { address: 256.0.0.1 }",
                        "1: listen.address: 256.0.0.1 (expected: an address, as in 0.0.0.0, or a host name)"),
                mistake("listen: { address: a_b }", "1: listen.address: a_b (expected: host or host:port)"),
                mistake(
                        "listen: { hosts: { \"a b\": docker.io } }",
                        "1: listen.hosts.a b: a b (expected: host or host:port)"),
                mistake(
                        "upstreams: { ghcr.io: }\nlisten: { hosts: { a.b: docker.io } }",
                        "2: listen.hosts.a.b: docker.io is no upstream (expected: one of ghcr.io)"),
                mistake("admin: { port: 5000 }", "1: admin.port: 5000 is the port of listen too (expected: two ports)"),
                mistake(
                        "admin: { token: \"${env:MISSING}\" }",
                        "1: admin.token: ${env:MISSING} is not set in the environment"),
                mistake(
                        "admin: { token: \"${file:/no/where}\" }",
                        "1: admin.token: /no/where cannot be read: it does not exist"),
                mistake(
                        "admin: { token: \"a${env:SECRET}\" }",
                        "1: admin.token: a secret in the file itself (expected: ${env:NAME} or ${file:PATH})"),
                mistake(
                        "upstreams: {}",
                        "1: upstreams: none (expected: at least one, or no such key for the public" + " registries)"),
                mistake(
                        "upstreams: { \"*\": {} }",
                        "1: upstreams.*: admits every registry (expected: observe: true, if that is meant for a start)"),
                mistake(
                        "upstreams: { \"*\": { observe: true, internal: true } }",
                        "1: upstreams.*.internal: only where the pattern ends in a domain, as in *.registry.example"),
                mistake(
                        "upstreams: { \"*.com\": { token-hosts: [b.com] } }",
                        "1: upstreams.*.com.token-hosts: only where the pattern ends in a domain, as in *.registry.example"),
                mistake(
                        "upstreams: { \"*.a.com\": { url: \"https://b\" } }",
                        "1: upstreams.*.a.com.url: a pattern has none (expected: each upstream under its own name)"),
                mistake(
                        "upstreams: { \"**.a.com\": {} }",
                        "1: upstreams.**.a.com: **.a.com (expected: a name in which * is a part of one label, as in"
                                + " *.dkr.ecr.*.amazonaws.com)"),
                mistake(
                        "upstreams: { \"*\": { observe: true }, \"*.a.com\": {} }",
                        "1: upstreams.*.a.com: is never reached, \"*\" before it matches all of it (expected: \"*\" last)"),
                mistake(
                        "upstreams: { ghcr.io: { observe: true } }",
                        "1: upstreams.ghcr.io.observe: only a pattern has it (expected: a key with a *)"),
                mistake(
                        "upstreams: { \"a/b\": {} }",
                        "1: upstreams.a/b: a/b (expected: the name of a registry, as in ghcr.io or"
                                + " registry.corp:5000)"),
                mistake(
                        "upstreams:\n  docker.io: {}\n  index.docker.io: {}",
                        "3: upstreams.index.docker.io: is docker.io, which stands here already (expected: once)"),
                mistake(
                        "upstreams: { a.b: { url: a.b } }",
                        "1: upstreams.a.b.url: a.b (expected: https://host or https://host:port)"),
                mistake(
                        "upstreams: { a.b: { url: \"https://a.b/path\" } }",
                        "1: upstreams.a.b.url: https://a.b/path (expected: https://host or https://host:port)"),
                mistake(
                        "upstreams: { a.b: { url: \"https://a.b:99999\" } }",
                        "1: upstreams.a.b.url: https://a.b:99999 (expected: https://host or https://host:port)"),
                mistake(
                        "upstreams: { a.b: { url: \"https://me:hunter2@a.b\" } }",
                        "1: upstreams.a.b.url: a user name in it (expected: auth: with username and password)"),
                mistake(
                        "upstreams: { a.b: { url: \"https://me:hun ter2@a.b\" } }",
                        "1: upstreams.a.b.url: no URL (expected: https://host or https://host:port)"),
                mistake(
                        "upstreams: { a.b: { url: \"https://192.168.1.1\" } }",
                        "1: upstreams.a.b.url: https://192.168.1.1 is a private address"
                                + " (expected: internal: true beside it if that is meant)"),
                mistake(
                        "upstreams: { a.b: { url: \"https://[::1]:5000\" } }",
                        "1: upstreams.a.b.url: https://[::1]:5000 is a private address"
                                + " (expected: internal: true beside it if that is meant)"),
                mistake(
                        "upstreams:\n  localhost:5000: {}",
                        "2: upstreams.localhost:5000: no url, and https://localhost:5000 is a private address"
                                + " (expected: internal: true beside it if that is meant)"),
                mistake(
                        "upstreams: { a.b: { redirect-hosts: [c.d] } }",
                        "1: upstreams.a.b.redirect-hosts: only an internal upstream has them (expected: internal: true"
                                + " beside it; others may redirect to any public https host)"),
                mistake(
                        "upstreams: { a.b: { token-hosts: [\"https://c.d\"] } }",
                        "1: upstreams.a.b.token-hosts: https://c.d (expected: host or host:port)"),
                mistake(
                        "upstreams: { a.b: { token-hosts: c.d } }",
                        "1: upstreams.a.b.token-hosts: c.d (expected: a list)"),
                mistake(
                        "upstreams: { a.b: { clients: [10.0.0.1/8] } }",
                        "1: upstreams.a.b.clients: 10.0.0.1/8 (expected: no bits behind the prefix; the network is"
                                + " 10.0.0.0/8)"),
                mistake(
                        "upstreams: { a.b: { clients: [a.b/8] } }",
                        "1: upstreams.a.b.clients: a.b (expected: a network, as in 10.0.0.0/8 or fd00::/8)"),
                mistake(
                        "upstreams: { a.b: { shared: true, clients: [10.0.0.0/8] } }",
                        "1: upstreams.a.b.shared: true beside clients (expected: one of the two)"),
                mistake(
                        "upstreams: { a.b: { auth: { username: a }, shared: true } }",
                        "1: upstreams.a.b.auth.username: stands alone (expected: username and password, or"
                                + " identity-token)"),
                mistake(
                        "upstreams: { a.b: { auth: { password: \"${env:SECRET}\" }, shared: true } }",
                        "1: upstreams.a.b.auth.password: stands alone (expected: username and password, or"
                                + " identity-token)"),
                mistake(
                        "upstreams: { a.b: { auth: { username: a, password: \"${env:SECRET}\","
                                + " identity-token: \"${env:SECRET}\" }, shared: true } }",
                        "1: upstreams.a.b.auth.identity-token: stands beside username and password (expected: one of"
                                + " the two)"),
                mistake(
                        "upstreams: { a.b: { ca: /no/where } }",
                        "1: upstreams.a.b.ca: /no/where cannot be read: it does not exist"),
                mistake("upstreams: { a.b: { ca: \"/\" } }", "1: upstreams.a.b.ca: / is no file (expected: a file)"),
                mistake(
                        "upstreams: { a.b: { ca: pom.xml } }",
                        "1: upstreams.a.b.ca: pom.xml has no certificate in it (expected: a PEM certificate)"),
                mistake(
                        "upstreams: { a.b: { unverified-ranges: never } }",
                        "1: upstreams.a.b.unverified-ranges: never (expected: wait or serve)"),
                mistake(
                        "upstreams: { a.b: { deadlines: { connect: 0 } } }",
                        "1: upstreams.a.b.deadlines.connect: 0 (expected: more than 0)"),
                mistake(
                        "aliases: { harbor.corp: no.where }",
                        "1: aliases.harbor.corp: no.where is no upstream (expected: one of docker.io, gcr.io, ghcr.io,"
                                + " mcr.microsoft.com, public.ecr.aws, quay.io, registry.k8s.io)"),
                mistake(
                        "aliases: { harbor.corp: docker.io/ }",
                        "1: aliases.harbor.corp: docker.io/ (expected: registry or registry/path, lower case)"),
                mistake(
                        "aliases: { Harbor.corp/Hub: docker.io }",
                        "1: aliases.Harbor.corp/Hub: Harbor.corp/Hub (expected: registry or registry/path, lower"
                                + " case)"),
                mistake(
                        "tags: [ { fresh: 1h } ]",
                        "1: tags[0]: match is missing (expected: a pattern, as in docker.io/library/*:latest)"),
                mistake(
                        "tags: [ { match: \"a/[x}?\" } ]",
                        "1: tags[0].match: a/[x}? (expected: registry/path:tag, where * is a part of one segment and **"
                                + " any number of segments)"),
                mistake(
                        "tags: [ { match: \":latest\" } ]",
                        "1: tags[0].match: :latest (expected: registry/path:tag, where * is a part of one segment and"
                                + " ** any number of segments)"),
                mistake(
                        "tags: [ { match: \"**\", immutable: true, never: true } ]",
                        "1: tags[0].never: true beside immutable: true (expected: one of the two)"),
                mistake(
                        "tags: [ { match: \"**\", never: true, fresh: 1h } ]",
                        "1: tags[0].fresh: has no meaning beside never: true (expected: one of the two)"),
                mistake("tags: {}", "1: tags: a mapping (expected: a list)"),
                mistake(
                        "storage: { disk: { max-size: lots } }",
                        "1: storage.disk.max-size: lots (expected: a size in B, KiB, MiB, GiB, TiB, KB, MB, GB or TB, as"
                                + " in 512MiB)"),
                mistake(
                        "storage: { disk: { max-size: 0 } }",
                        "1: storage.disk.max-size: 0 (expected: more than 0, or unlimited)"),
                mistake("storage: { disk: { path: \"\" } }", "1: storage.disk.path: empty (expected: some text)"),
                mistake("limits: { header-size: 2MiB }", "1: limits.header-size: 2MiB (expected: 1KiB to 1MiB)"),
                mistake(
                        "drain: { grace: 4000d }",
                        "1: drain.grace: 4000d (expected: a duration, as in 500ms, 30s, 5m, 6h, 7d, at most 3650d)"),
                mistake(
                        "listen: { tls: { certificate: pom.xml } }",
                        "1: listen.tls.certificate: pom.xml has no certificate in it (expected: a PEM certificate)",
                        "1: listen.tls.certificate: stands alone (expected: certificate and key, or neither)"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource
    void whatIsNoYamlOfOursIsToldWithItsLine(String text, String problem) {
        assertThat(problems(text)).isEqualTo(problem);
    }

    static Stream<Arguments> whatIsNoYamlOfOursIsToldWithItsLine() {
        return Stream.of(
                mistake("log:\n  level: [info", "2: not YAML: expected ',' or ']', but got <stream end>"),
                mistake(
                        "log:\n\tlevel: info",
                        "2: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for"
                                + " indentation)"),
                mistake("log: {}\n# \u0007", "2: not YAML: a character that no text has, U+0007"),
                mistake("log: {}\n---\nlog: {}", "2: a second document (expected: one)"),
                mistake("log: &a {}\nadmin: *a", "1: an anchor or alias (expected: each value written where it holds)"),
                mistake("log: !!map {}", "1: a tag (expected: plain values without !)"),
                mistake("a: " + "[".repeat(100_000), "1: nested deeper than 32 levels"));
    }

    @Test
    void aHugeTextIsRefusedUnread() {
        assertThat(problems("#".repeat(1 << 21))).isEqualTo("mirror.yaml: is too large (expected: at most 1MiB)");
    }

    @Test
    void aMessageCannotSteerATerminal() {
        assertThat(problems("log: { level: \"\\e[2J\\r\\nmirror.yaml:7: fine\" }"))
                .isEqualTo("mirror.yaml:1: log.level: ?[2J??mirror.yaml:7: fine (expected: error or warn or info or"
                        + " debug)");
    }

    private static Arguments mistake(String text, String... problems) {
        return Arguments.of(text, "mirror.yaml:" + String.join("\nmirror.yaml:", problems));
    }

    private static String problems(String text) {
        ConfigException e = catchThrowableOfType(
                ConfigException.class, () -> ConfigLoader.parse("mirror.yaml", text, Map.of("SECRET", "hunter2")));
        assertThat(e.getMessage()).doesNotContain("hunter2");
        return e.getMessage();
    }
}
