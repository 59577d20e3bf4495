package io.entrepot.config;

import io.entrepot.config.MirrorConfig.Credentials;
import io.entrepot.config.MirrorConfig.Deadlines;
import io.entrepot.config.MirrorConfig.UnverifiedRanges;
import io.entrepot.config.MirrorConfig.UpstreamConfig;
import io.entrepot.oci.Registry;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the upstreams; without any, the seven public registries that clusters pull from. */
final class UpstreamReader {

    private static final List<String> PUBLIC = List.of(
            "docker.io", "ghcr.io", "quay.io", "registry.k8s.io", "gcr.io", "public.ecr.aws", "mcr.microsoft.com");

    /** Stands for a URL that is a problem already. */
    private static final URI NOWHERE = URI.create("https://invalid");

    private final Section section;
    private final boolean given;

    UpstreamReader(Section root) {
        this.section = root.section("upstreams");
        this.given = root.has("upstreams");
    }

    Map<Registry, UpstreamConfig> read() {
        Map<Registry, UpstreamConfig> upstreams = new HashMap<>();
        List<String> names = given ? section.names() : PUBLIC;
        if (names.isEmpty()) {
            section.problem("none (expected: at least one, or no such key for the public registries)");
        }
        for (String name : names) {
            Section one = section.section(name);
            registry(name).ifPresent(registry -> add(upstreams, name, upstream(one, registry)));
        }
        return upstreams;
    }

    private Optional<Registry> registry(String name) {
        try {
            return Optional.of(Text.registry(name));
        } catch (IllegalArgumentException e) {
            section.problem(name, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private void add(Map<Registry, UpstreamConfig> upstreams, String name, UpstreamConfig upstream) {
        if (upstreams.put(upstream.registry(), upstream) != null) {
            section.problem(name, "is " + upstream.registry() + ", which stands here already (expected: once)");
        }
    }

    private static UpstreamConfig upstream(Section section, Registry registry) {
        boolean internal = section.flag("internal");
        Section auth = section.section("auth");
        UpstreamConfig upstream = new UpstreamConfig(
                registry,
                url(section, registry, internal),
                credentials(auth),
                internal,
                section.flag("shared"),
                section.list("clients", Network::parse),
                section.optional("ca", ReadableFile::certificates),
                section.list("redirect-hosts", Text::host),
                tokenHosts(section, registry),
                section.choice("unverified-ranges", UnverifiedRanges.WAIT),
                section.size("min-rate", 1024),
                section.number("connections", 64, 1, 10_000),
                deadlines(section.section("deadlines")));
        section.end();
        requireRights(section, isLogin(auth), upstream.shared());
        if (!internal && section.lists("redirect-hosts")) {
            section.problem(
                    "redirect-hosts",
                    "only an internal upstream has them"
                            + " (expected: internal: true beside it; others may redirect to any public https host)");
        }
        return upstream;
    }

    private static URI url(Section section, Registry registry, boolean internal) {
        Optional<URI> given = section.optional("url", text -> UpstreamUrl.parse(text, internal));
        if (section.has("url")) {
            return given.orElse(NOWHERE);
        }
        try {
            String host = registry.equals(Registry.DOCKER_HUB) ? "registry-1.docker.io" : registry.name();
            return UpstreamUrl.parse("https://" + host, internal);
        } catch (IllegalArgumentException e) {
            section.problem("no url, and " + e.getMessage());
            return NOWHERE;
        }
    }

    private static Credentials credentials(Section auth) {
        Optional<String> username = auth.optional("username", Text::notEmpty);
        Optional<Secret> password = auth.secret("password");
        Optional<Secret> identity = auth.secret("identity-token");
        if (auth.has("username") != auth.has("password")) {
            String alone = auth.has("username") ? "username" : "password";
            auth.problem(alone, "stands alone (expected: username and password, or identity-token)");
        } else if (auth.has("identity-token") && auth.has("username")) {
            auth.problem("identity-token", "stands beside username and password (expected: one of the two)");
        }
        auth.end();
        return username.flatMap(name -> password.<Credentials>map(secret -> new Credentials.Basic(name, secret)))
                .or(() -> identity.map(Credentials.IdentityToken::new))
                .orElseGet(Credentials.Anonymous::new);
    }

    private static List<String> tokenHosts(Section section, Registry registry) {
        List<String> given = section.list("token-hosts", Text::host);
        boolean hub = registry.equals(Registry.DOCKER_HUB) && !section.has("token-hosts");
        return hub ? List.of("auth.docker.io") : given;
    }

    private static Deadlines deadlines(Section section) {
        Deadlines deadlines = new Deadlines(
                section.deadline("connect", Duration.ofSeconds(3)),
                section.deadline("headers", Duration.ofSeconds(10)),
                section.deadline("idle", Duration.ofSeconds(30)));
        section.end();
        return deadlines;
    }

    private static boolean isLogin(Section auth) {
        return auth.has("username") || auth.has("password") || auth.has("identity-token");
    }

    private static void requireRights(Section section, boolean login, boolean shared) {
        if (login && !shared && !section.lists("clients")) {
            section.problem(
                    "auth",
                    "what our login can read is not everybody's"
                            + " (expected: shared: true if it is, or clients: with the networks that may read it)");
        }
        if (shared && section.lists("clients")) {
            section.problem("shared", "true beside clients (expected: one of the two)");
        }
    }
}
