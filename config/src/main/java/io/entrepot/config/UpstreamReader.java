package io.entrepot.config;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.Deadlines;
import io.entrepot.config.MirrorConfig.UnverifiedRanges;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Registry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the upstreams; without any, the seven public registries that clusters pull from. */
final class UpstreamReader {

    private static final List<String> PUBLIC = List.of(
            "docker.io", "ghcr.io", "quay.io", "registry.k8s.io", "gcr.io", "public.ecr.aws", "mcr.microsoft.com");

    private static final String HUB = "registry-1.docker.io";

    /** Stands for a URL that is a problem already. */
    private static final URI NOWHERE = URI.create("https://invalid");

    /** Stands for the name that a pattern leaves open. */
    private static final Registry ANY = new Registry("any.invalid");

    private final Section section;
    private final boolean given;
    private final boolean offline;
    private final Optional<HttpProxy> proxy;
    private final Map<Registry, UpstreamConfig> named = new HashMap<>();
    private final List<UpstreamPattern> patterns = new ArrayList<>();

    UpstreamReader(Section root) {
        this.offline = root.flag("offline");
        this.proxy = ProxyReader.global(root);
        this.section = root.section("upstreams");
        this.given = root.has("upstreams");
    }

    KnownUpstreams read() {
        List<String> names = given ? section.names() : PUBLIC;
        if (names.isEmpty()) {
            section.problem("none (expected: at least one, or no such key for the public registries)");
        }
        for (String name : names) {
            Section one = section.section(name);
            if (UpstreamPattern.isPattern(name)) {
                pattern(name, one);
            } else {
                registry(name).ifPresent(registry -> add(name, upstream(one, registry, name)));
            }
        }
        return new KnownUpstreams(named, patterns, proxy);
    }

    private void pattern(String pattern, Section one) {
        UpstreamConfig template = upstream(one, ANY, pattern);
        requireNarrow(pattern, one, template);
        if (patterns.stream().anyMatch(earlier -> earlier.pattern().equals(UpstreamPattern.EVERY))) {
            section.problem(pattern, "is never reached, \"*\" before it matches all of it (expected: \"*\" last)");
        }
        try {
            patterns.add(new UpstreamPattern(pattern, template));
        } catch (IllegalArgumentException e) {
            section.problem(pattern, String.valueOf(e.getMessage()));
        }
    }

    /** Clients choose the name: what is sent there, and where it leads, must not be theirs to choose. */
    private void requireNarrow(String pattern, Section one, UpstreamConfig template) {
        for (String key : List.of("url", "endpoints")) {
            if (one.has(key)) {
                one.problem(key, "a pattern has none (expected: each upstream under its own name)");
            }
        }
        if (pattern.equals(UpstreamPattern.EVERY) && !template.observe()) {
            section.problem(pattern, "admits every registry (expected: observe: true, if that is meant for a start)");
        }
        if (!UpstreamPattern.isWithinDomain(pattern)) {
            for (String key : List.of("auth", "credentials", "caller-rights", "internal", "token-hosts")) {
                if (one.has(key)) {
                    one.problem(key, "only where the pattern ends in a domain, as in *.registry.example");
                }
            }
        }
    }

    private Optional<Registry> registry(String name) {
        try {
            return Optional.of(Text.registry(name));
        } catch (IllegalArgumentException e) {
            section.problem(name, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private void add(String name, UpstreamConfig upstream) {
        if (named.put(upstream.registry(), upstream) != null) {
            section.problem(name, "is " + upstream.registry() + ", which stands here already (expected: once)");
        }
    }

    private UpstreamConfig upstream(Section section, Registry registry, String key) {
        UpstreamConfig alone = alone(section, registry, key);
        Optional<UpstreamConfig> endpoints = new EndpointReader(section).read(one -> endpoint(one, section, alone));
        section.end();
        return endpoints.orElse(alone);
    }

    private UpstreamConfig alone(Section section, Registry registry, String key) {
        boolean internal = section.flag("internal");
        Credentials credentials = CredentialsReader.read(section);
        UpstreamConfig upstream = new UpstreamConfig(
                registry,
                UpstreamPattern.isPattern(key) ? key : registry.name(),
                url(section, registry, internal),
                credentials,
                internal,
                section.flag("shared"),
                section.list("clients", Network::parse),
                section.file("ca", ReadableFile::certificates),
                section.list("redirect-hosts", Text::host),
                tokenHosts(section, registry.equals(Registry.DOCKER_HUB)),
                section.choice("unverified-ranges", UnverifiedRanges.WAIT),
                section.size("min-rate", 1024),
                section.number("connections", 64, 1, 10_000),
                deadlines(section.section("deadlines")),
                RateLimitsReader.read(section.section("rate-limits"), internal),
                section.flag("offline") || offline,
                section.flag("observe"),
                Reach.through(ProxyReader.of(section, internal ? Optional.empty() : proxy)));
        if (upstream.observe() && !UpstreamPattern.isPattern(key)) {
            section.problem("observe", "only a pattern has it (expected: a key with a *)");
        }
        requireRights(section, upstream.shared() || section.lists("clients"));
        if (upstream.shared() && section.lists("clients")) {
            section.problem("shared", "true beside clients (expected: one of the two)");
        }
        requireRedirects(section, internal);
        if (credentials.passThrough() && upstream.offline()) {
            section.problem(
                    "auth",
                    "the rights of callers are shown by the upstream, which is offline"
                            + " (expected: another login, or none)");
        }
        return upstream;
    }

    /** What an endpoint has of its own, and the rest of its upstream. */
    private UpstreamConfig endpoint(Section section, Section upstream, UpstreamConfig common) {
        boolean internal = section.flag("internal");
        URI url = section.optional("url", text -> UpstreamUrl.parseEndpoint(text, internal))
                .orElse(NOWHERE);
        Credentials credentials = CredentialsReader.readEndpoint(section);
        UpstreamConfig endpoint = new UpstreamConfig(
                common.registry(),
                common.key(),
                url,
                credentials,
                internal,
                common.shared(),
                common.clients(),
                section.file("ca", ReadableFile::certificates),
                section.list("redirect-hosts", Text::host),
                tokenHosts(section, HUB.equals(url.getHost())),
                common.unverifiedRanges(),
                common.minRate(),
                common.connections(),
                common.deadlines(),
                common.rateLimits(),
                common.offline(),
                common.observe(),
                Reach.through(ProxyReader.of(section, proxy(upstream, internal, common))));
        requireRights(section, common.shared() || upstream.lists("clients"));
        requireRedirects(section, internal);
        if (credentials.passThrough()) {
            section.problem(
                    "auth",
                    "what a caller brings is for one place alone (expected: " + Credentials.PASS_THROUGH
                            + " in an upstream without endpoints)");
        }
        return endpoint;
    }

    /** What the upstream says holds for each endpoint; what the file says holds for those that are not inside. */
    private Optional<HttpProxy> proxy(Section upstream, boolean internal, UpstreamConfig common) {
        return upstream.has("proxy") || !internal ? common.reach().proxy() : Optional.empty();
    }

    private static void requireRedirects(Section section, boolean internal) {
        if (!internal && section.lists("redirect-hosts")) {
            section.problem(
                    "redirect-hosts",
                    "only an internal upstream has them"
                            + " (expected: internal: true beside it; others may redirect to any public https host)");
        }
    }

    private static URI url(Section section, Registry registry, boolean internal) {
        Optional<URI> given = section.optional("url", text -> UpstreamUrl.parse(text, internal));
        if (section.has("url") || section.lists("endpoints")) {
            return given.orElse(NOWHERE);
        }
        try {
            String host = registry.equals(Registry.DOCKER_HUB) ? HUB : registry.name();
            return UpstreamUrl.parse("https://" + host, internal);
        } catch (IllegalArgumentException e) {
            section.problem("no url, and " + e.getMessage());
            return NOWHERE;
        }
    }

    private static List<String> tokenHosts(Section section, boolean hub) {
        List<String> given = section.list("token-hosts", Text::host);
        return hub && !section.has("token-hosts") ? List.of("auth.docker.io") : given;
    }

    private static Deadlines deadlines(Section section) {
        Deadlines deadlines = new Deadlines(
                section.deadline("connect", Duration.ofSeconds(3)),
                section.deadline("headers", Duration.ofSeconds(10)),
                section.deadline("idle", Duration.ofSeconds(30)));
        section.end();
        return deadlines;
    }

    /** @param said whether it is said who may read what the login can read */
    private static void requireRights(Section section, boolean said) {
        String login = section.lists("credentials") ? "credentials" : "auth";
        if (CredentialsReader.isLogin(section) && !said) {
            section.problem(
                    login,
                    "what our login can read is not everybody's"
                            + " (expected: shared: true if it is, or clients: with the networks that may read it)");
        }
    }
}
