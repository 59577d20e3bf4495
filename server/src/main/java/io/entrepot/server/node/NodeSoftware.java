package io.entrepot.server.node;

import static io.entrepot.server.node.ContainerdHosts.CA_FILE;

import io.entrepot.oci.Registry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Software that pulls images, other than a containerd that reads {@code hosts.toml}: the files that send it to a mirror. Each
 * file says whether what the mirror refuses is refused, or asked for elsewhere.
 */
public enum NodeSoftware {

    /** dockerd with its own image store: {@code registry-mirrors}, which it knows for Docker Hub alone. */
    DOCKER("/etc/docker") {
        @Override
        Map<String, String> files(Endpoints endpoints, Set<Registry> registries) {
            Map<String, String> files = new TreeMap<>();
            String insecure = endpoints.all().stream()
                    .filter(Endpoints::isPlain)
                    .map(endpoint -> quoted(endpoint.getRawAuthority()))
                    .collect(Collectors.joining(", "));
            files.put(
                    "daemon.json",
                    "{\n  \"registry-mirrors\": " + list(endpoints.all(), URI::toString)
                            + (insecure.isEmpty() ? "" : ",\n  \"insecure-registries\": [" + insecure + "]") + "\n}\n");
            authorities(endpoints, "certs.d/%s/ca.crt", files);
            return files;
        }

        @Override
        public String refusals() {
            return "A refusal is not final: dockerd then asks Docker Hub, and it asks other registries directly."
                    + " It is final for images that are named by the mirror (MIRROR/docker.io/library/alpine), and for a"
                    + " dockerd 28.5 or later with containerd's image store, which reads the files of"
                    + " `entrepot hosts containerd --dir /etc/docker/certs.d`.";
        }
    },

    /** podman, buildah, skopeo and CRI-O: the mirror is the location of each registry. */
    PODMAN("/etc/containers") {
        @Override
        Map<String, String> files(Endpoints endpoints, Set<Registry> registries) {
            Map<String, String> files = new TreeMap<>();
            StringBuilder conf = new StringBuilder(mark());
            for (Registry registry : sorted(registries)) {
                requireNoPort(endpoints.last(), registry);
                conf.append("\n[[registry]]\nprefix = ")
                        .append(quoted(registry.name()))
                        .append('\n');
                conf.append(location(endpoints.last(), registry));
                for (URI first : endpoints.beforeLast()) {
                    conf.append("\n[[registry.mirror]]\n").append(location(first, registry));
                }
            }
            files.put("registries.conf.d/050-entrepot.conf", conf.toString());
            authorities(endpoints, "certs.d/%s/ca.crt", files);
            return files;
        }

        /** What the location makes of a name must be an image reference, which has a colon before its first slash alone. */
        private void requireNoPort(URI endpoint, Registry registry) {
            int colon = registry.name().lastIndexOf(':');
            if (colon >= 0) {
                String host = registry.name().substring(0, colon);
                throw new IllegalArgumentException("registry: " + registry
                        + " (expected: one without a port, since podman"
                        + " refuses a location with one in its path; give the mirror `aliases: { " + host + ": \""
                        + registry + "\" }`, and write a file of your own with prefix = \"" + registry
                        + "\" and location = \"" + endpoint.getRawAuthority() + "/" + host + "\")");
            }
        }

        private String location(URI endpoint, Registry registry) {
            return "location = " + quoted(endpoint.getRawAuthority() + "/" + registry) + "\n"
                    + (Endpoints.isPlain(endpoint) ? "insecure = true\n" : "");
        }

        @Override
        public String refusals() {
            return "A refusal is final for the registries named here: the mirror is their location, and nothing else is"
                    + " asked. Registries that are not named here are asked directly.";
        }
    },

    /** k3s and RKE2 (whose directory is /etc/rancher/rke2). */
    K3S("/etc/rancher/k3s") {
        @Override
        Map<String, String> files(Endpoints endpoints, Set<Registry> registries) {
            Map<String, String> files = new TreeMap<>();
            StringBuilder yaml = new StringBuilder(mark()).append("mirrors:\n");
            for (String name : names(registries)) {
                yaml.append("  ").append(quoted(name)).append(":\n    endpoint: ");
                yaml.append(list(endpoints.all(), URI::toString)).append('\n');
            }
            if (endpoints.ca().isPresent()) {
                yaml.append("configs:\n");
                for (URI endpoint : encrypted(endpoints)) {
                    yaml.append("  ").append(quoted(endpoint.getRawAuthority())).append(":\n    tls:\n      ca_file: ");
                    yaml.append(quoted(directory() + "/" + CA_FILE)).append('\n');
                }
            }
            files.put("registries.yaml", yaml.toString());
            endpoints.ca().ifPresent(pem -> files.put(CA_FILE, pem));
            return files;
        }

        @Override
        public String refusals() {
            return "A refusal is final at most where k3s or RKE2 runs with --disable-default-registry-endpoint: without it"
                    + " the registry itself is asked next, and with it that depends on the containerd that they bring along."
                    + " Restart the node's service after a change, and try a refused image.";
        }
    },

    /** BuildKit's daemon. */
    BUILDKIT("/etc/buildkit") {
        @Override
        Map<String, String> files(Endpoints endpoints, Set<Registry> registries) {
            Map<String, String> files = new TreeMap<>();
            StringBuilder toml = new StringBuilder(mark());
            for (Registry registry : sorted(registries)) {
                toml.append("\n[registry.").append(quoted(registry.name())).append("]\n  mirrors = ");
                toml.append(list(endpoints.all(), URI::getRawAuthority)).append('\n');
            }
            for (URI endpoint : endpoints.all()) {
                toml.append("\n[registry.")
                        .append(quoted(endpoint.getRawAuthority()))
                        .append("]\n");
                toml.append("  http = ").append(Endpoints.isPlain(endpoint)).append('\n');
                if (endpoints.ca().isPresent() && !Endpoints.isPlain(endpoint)) {
                    toml.append("  ca = [")
                            .append(quoted(directory() + "/" + CA_FILE))
                            .append("]\n");
                }
            }
            files.put("buildkitd.toml", toml.toString());
            endpoints.ca().ifPresent(pem -> files.put(CA_FILE, pem));
            return files;
        }

        @Override
        public String refusals() {
            return "A refusal is not final: BuildKit asks the registry itself next. Only a network that lets builders out to"
                    + " the mirror alone makes it so.";
        }
    },

    /** Talos: a patch of the machine configuration, for {@code talosctl patch machineconfig --patch @FILE}. */
    TALOS("/etc/talos") {
        @Override
        Map<String, String> files(Endpoints endpoints, Set<Registry> registries) {
            StringBuilder yaml = new StringBuilder(mark()).append("machine:\n  registries:\n    mirrors:\n");
            for (String name : names(registries)) {
                yaml.append("      ").append(quoted(name)).append(":\n        endpoints: ");
                yaml.append(list(endpoints.all(), URI::toString)).append("\n        skipFallback: true\n");
            }
            endpoints.ca().ifPresent(pem -> {
                String encoded = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
                yaml.append("    config:\n");
                for (URI endpoint : encrypted(endpoints)) {
                    yaml.append("      ").append(quoted(endpoint.getRawAuthority()));
                    yaml.append(":\n        tls:\n          ca: ")
                            .append(encoded)
                            .append('\n');
                }
            });
            return Map.of("entrepot-registries.yaml", yaml.toString());
        }

        @Override
        public String refusals() {
            return "A refusal is final where Talos keeps skipFallback (1.9 or later). Talos pulls its own installer by a way"
                    + " of its own.";
        }
    };

    private final String home;

    NodeSoftware(String home) {
        this.home = home;
    }

    abstract Map<String, String> files(Endpoints endpoints, Set<Registry> registries);

    /** Whether what the mirror refuses is refused, in a sentence for whoever sets up nodes. */
    public abstract String refusals();

    /** The files for these registries, and where they are at home. */
    public NodeSetup setup(Endpoints endpoints, Set<Registry> registries) {
        return new NodeSetup(label(), directory(), files(endpoints, registries));
    }

    /** As in {@code entrepot hosts LABEL}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where its files are at home. */
    public Path directory() {
        return Path.of(home);
    }

    /** How a file begins that we wrote; the sentence about refusals, in lines of a comment. */
    String mark() {
        return NodeFiles.MARK + label() + ". Change it there, not here.\n"
                + refusals().replaceAll("(.{1,110})(?: |$)", "# $1\n");
    }

    static Set<Registry> sorted(Set<Registry> registries) {
        Set<Registry> sorted = new TreeSet<>(Comparator.comparing(Registry::name));
        sorted.addAll(registries);
        return sorted;
    }

    /** These registries, and all others. */
    static List<String> names(Set<Registry> registries) {
        return Stream.concat(sorted(registries).stream().map(Registry::name), Stream.of("*"))
                .toList();
    }

    static void authorities(Endpoints endpoints, String path, Map<String, String> files) {
        endpoints
                .ca()
                .ifPresent(pem -> encrypted(endpoints)
                        .forEach(endpoint -> files.put(path.formatted(endpoint.getRawAuthority()), pem)));
    }

    static List<URI> encrypted(Endpoints endpoints) {
        return endpoints.all().stream()
                .filter(endpoint -> !Endpoints.isPlain(endpoint))
                .toList();
    }

    static String list(List<URI> endpoints, Function<URI, String> part) {
        return endpoints.stream().map(part).map(NodeSoftware::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    /** Nothing in a registry's name or an endpoint needs escaping. */
    static String quoted(String text) {
        return '"' + text + '"';
    }
}
