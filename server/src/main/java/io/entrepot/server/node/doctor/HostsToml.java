package io.entrepot.server.node.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.server.node.doctor.Hop.Trust;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One {@code hosts.toml} as a release of containerd reads it: the hosts in their order, the server last. Where containerd
 * would drop the whole file, reading fails with what is wrong.
 *
 * <pre>
 * server = "https://mirror:5000"
 * capabilities = ["pull", "resolve"]
 * [host."https://other:5000"]
 *   ca = "ca.crt"
 * </pre>
 */
final class HostsToml {

    private static final Set<String> CAPABILITIES = Set.of("pull", "resolve", "push");
    private static final Pattern DURATION = Pattern.compile("[-+]?(0|(\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h))+");

    private final NodeRoot node;
    private final String directory;
    private final String registry;
    private final Release release;
    private final List<Hop> hops = new ArrayList<>();
    private boolean appended;

    private HostsToml(NodeRoot node, String directory, String registry, Release release) {
        this.node = node;
        this.directory = directory;
        this.registry = registry;
        this.release = release;
    }

    /** @throws IllegalArgumentException if containerd drops it, with the reason */
    static HostsToml read(NodeRoot node, String directory, String text, String registry, Release release) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("it is empty");
        }
        HostsToml hosts = new HostsToml(node, directory, registry, release);
        hosts.read(Toml.parse(text));
        return hosts;
    }

    List<Hop> hops() {
        return List.copyOf(hops);
    }

    /** Whether containerd puts the registry itself at the end, because no server is named. */
    boolean appended() {
        return appended;
    }

    private void read(JsonNode tree) {
        JsonNode named = tree.path("host");
        if (!named.isObject() && (!named.isMissingNode() || release.needsHostTable())) {
            throw new IllegalArgumentException("it has no table [host]");
        }
        named.properties().forEach(host -> {
            if (!host.getValue().isObject()) {
                throw new IllegalArgumentException("host." + host.getKey() + " is no table");
            }
            host(host.getKey(), host.getValue());
        });
        String server = Toml.text(tree.path("server"), "server");
        host(server, tree);
    }

    private void host(String address, JsonNode tree) {
        Trust trust = new Trust(
                paths(Toml.texts(tree.path("ca"), "ca")),
                clients(tree.path("client")),
                Toml.flag(tree.path("skip_verify"), "skip_verify"),
                headers(tree.path("header")));
        capabilities(Toml.texts(tree.path("capabilities"), "capabilities"));
        dialTimeout(tree.path("dial_timeout"));
        boolean override = Toml.flag(tree.path("override_path"), "override_path");
        if (address.isEmpty()) {
            appended = true;
            hops.add(Upstreams.itself(registry));
        } else {
            hops.add(Upstreams.namespaced(registry, address, root(address, override), trust));
        }
    }

    private void capabilities(List<String> all) {
        for (String each : all) {
            String name = each.toLowerCase(Locale.ROOT);
            if (!CAPABILITIES.contains(name) && !(name.equals("referrers") && release.knowsReferrers())) {
                throw new IllegalArgumentException("it names the capability " + each + ", which it does not know");
            }
        }
    }

    private void dialTimeout(JsonNode timeout) {
        if (release.readsDialTimeout()) {
            String text = Toml.text(timeout, "dial_timeout");
            if (!text.isEmpty() && !DURATION.matcher(text).matches()) {
                throw new IllegalArgumentException("dial_timeout: " + text + " (expected: a duration, \"5s\")");
            }
        }
    }

    private List<Path> paths(List<String> names) {
        return names.stream()
                .map(name -> node.at(name.startsWith("/") ? name : directory + "/" + name))
                .toList();
    }

    private List<List<Path>> clients(JsonNode client) {
        if (!client.isArray()) {
            return Toml.texts(client, "client").stream()
                    .map(name -> paths(List.of(name)))
                    .toList();
        }
        List<List<Path>> pairs = new ArrayList<>();
        for (JsonNode pair : client) {
            List<String> names = Toml.texts(pair, "client");
            if (pair.isArray() && names.size() != 2) {
                throw new IllegalArgumentException("client: " + pair + " (expected: a certificate and a key)");
            }
            pairs.add(paths(names));
        }
        return pairs;
    }

    private static Map<String, List<String>> headers(JsonNode header) {
        if (!header.isMissingNode() && !header.isObject()) {
            throw new IllegalArgumentException("header is no table");
        }
        Map<String, List<String>> headers = new LinkedHashMap<>();
        header.properties()
                .forEach(one -> headers.put(one.getKey(), Toml.texts(one.getValue(), "header." + one.getKey())));
        return headers;
    }

    /** The address with the path before a repository's: {@code /v2}, unless it is said otherwise. */
    static String root(String address, boolean override) {
        URI uri = URI.create(address.startsWith("http") ? address : "https://" + address);
        if (uri.getRawAuthority() == null) {
            throw new IllegalArgumentException("address: " + address + " (expected: https://host[:port])");
        }
        String path = uri.getRawPath().replaceAll("/+$", "");
        String whole = override || path.endsWith("/v2") ? path : path + "/v2";
        return uri.getScheme() + "://" + uri.getRawAuthority() + whole;
    }
}
