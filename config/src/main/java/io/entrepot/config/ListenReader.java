package io.entrepot.config;

import io.entrepot.config.MirrorConfig.Admin;
import io.entrepot.config.MirrorConfig.Listen;
import io.entrepot.config.MirrorConfig.Tls;
import io.entrepot.oci.Registry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the two ports: for data and for the operator. */
final class ListenReader {

    private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::");

    private final Section listen;
    private final Section admin;
    private final KnownUpstreams upstreams;

    ListenReader(Section root, KnownUpstreams upstreams) {
        this.listen = root.section("listen");
        this.admin = root.section("admin");
        this.upstreams = upstreams;
    }

    Listen listen() {
        Listen read = new Listen(
                listen.value("address", "0.0.0.0", Text::address),
                listen.number("port", 5000, 0, 65_535),
                defaultRegistry(),
                hosts(listen.section("hosts")),
                listen.list("trusted-proxies", Network::parse),
                tls(listen.section("tls")));
        listen.end();
        return read;
    }

    /** Docker Hub where it is an upstream, because that is what a name without a registry means to every client. */
    private Optional<Registry> defaultRegistry() {
        Optional<Registry> given = listen.optional("default-registry", text -> Names.upstream(text, upstreams));
        return listen.has("default-registry")
                ? given
                : Optional.of(Registry.DOCKER_HUB).filter(upstreams::has);
    }

    private Map<String, Registry> hosts(Section section) {
        Map<String, Registry> hosts = new HashMap<>();
        for (String name : section.names()) {
            section.optional(name, text -> Map.entry(Text.host(name), Names.upstream(text, upstreams)))
                    .ifPresent(host -> hosts.put(host.getKey(), host.getValue()));
        }
        return hosts;
    }

    private static Optional<Tls> tls(Section section) {
        Optional<Path> certificate = section.file("certificate", ReadableFile::certificates);
        Optional<Path> key = section.file("key", ReadableFile::privateKey);
        if (section.has("certificate") != section.has("key")) {
            String given = section.has("certificate") ? "certificate" : "key";
            section.problem(given, "stands alone (expected: certificate and key, or neither)");
        }
        section.end();
        return certificate.flatMap(chain -> key.map(secret -> new Tls(chain, secret)));
    }

    Admin admin() {
        Admin read = new Admin(
                admin.value("address", "127.0.0.1", Text::address),
                admin.number("port", 5001, 0, 65_535),
                admin.secret("token"),
                admin.secret("audit-token"));
        admin.end();
        return read;
    }

    /** Reports two ports that could not both be opened. */
    void requireApart(MirrorConfig config) {
        int port = config.admin().port();
        String address = config.admin().address();
        String other = config.listen().address();
        boolean overlap = address.equals(other) || EVERYWHERE.contains(address) || EVERYWHERE.contains(other);
        if (port != 0 && port == config.listen().port() && overlap) {
            admin.problem("port", port + " is the port of listen too (expected: two ports)");
        }
    }
}
