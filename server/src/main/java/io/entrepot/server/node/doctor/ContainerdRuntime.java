package io.entrepot.server.node.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.server.node.doctor.Hop.Trust;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * containerd, as the kubelet has it pull.
 *
 * @param releases that may be installed; all, if that is not known
 */
record ContainerdRuntime(List<Release> releases) implements NodeRuntime {

    private static final String CONFIG_PATH =
            "set config_path = \"/etc/containerd/certs.d\", that directory alone, and restart containerd";

    @Override
    public String name() {
        return "containerd";
    }

    @Override
    public boolean isOn(NodeRoot node) {
        return Stream.of(ContainerdConfig.FILE, "/usr/bin/containerd", "/usr/local/bin/containerd", "/etc/containerd")
                .anyMatch(node::has);
    }

    @Override
    public Set<String> named(NodeRoot node) throws IOException {
        Set<String> named = new LinkedHashSet<>();
        for (Release release : releases) {
            try {
                ContainerdConfig config = ContainerdConfig.read(node, release);
                config.mirrors().fieldNames().forEachRemaining(named::add);
                named.addAll(new CertsDirs(node, split(path(config, release))).named());
            } catch (IllegalArgumentException e) {
                // said by ways()
            }
        }
        return named;
    }

    @Override
    public List<Ways> ways(NodeRoot node, String registry) throws IOException {
        List<Ways> all = new ArrayList<>();
        for (Release release : releases) {
            try {
                ContainerdConfig config = ContainerdConfig.read(node, release);
                if (config.fits(release)) {
                    all.add(ways(node, config, registry, release));
                }
            } catch (IllegalArgumentException e) {
                all.add(new Ways(registry, release.shown(), List.of(), List.of(unreadable(e))));
            }
        }
        return all;
    }

    private static Finding unreadable(IllegalArgumentException e) {
        return Finding.broken(
                ContainerdConfig.FILE, "containerd does not start with it: " + e.getMessage(), "correct the file");
    }

    private static Ways ways(NodeRoot node, ContainerdConfig config, String registry, Release release)
            throws IOException {
        String path = path(config, release);
        if (path.isEmpty()) {
            return config.mirrors().isObject() && !config.mirrors().isEmpty()
                    ? legacy(config.mirrors(), registry, release)
                    : Ways.direct(
                            registry,
                            release.shown(),
                            Finding.open(
                                    ContainerdConfig.FILE,
                                    "config_path is not set" + where(config, release)
                                            + ": no hosts.toml is read, and every registry is asked itself",
                                    CONFIG_PATH + " (under " + section(config, release) + ")"));
        }
        if (release.transfers() && !config.pullsLocally() && path.indexOf(':') >= 0) {
            return Ways.direct(registry, release.shown(), twoDirectories(config, path));
        }
        return new CertsDirs(node, split(path)).ways(registry, release);
    }

    private static Finding twoDirectories(ContainerdConfig config, String path) {
        return Finding.open(
                ContainerdConfig.FILE,
                (config.hasConfigPath() ? "config_path names" : "config_path is not set, and stands for")
                        + " two directories (" + path + "): the transfer service, by which CRI pulls since 2.1, takes"
                        + " that for the name of one, finds no hosts.toml, and asks every registry itself",
                CONFIG_PATH);
    }

    private static String where(ContainerdConfig config, Release release) {
        return config.version() == 1 && !release.isSecond() ? " for a file of version 1" : "";
    }

    private static String section(ContainerdConfig config, Release release) {
        if (config.version() >= 3) {
            return "[plugins.\"io.containerd.cri.v1.images\".registry]";
        }
        return config.version() == 1 && !release.isSecond()
                ? "version = 2 and [plugins.\"io.containerd.grpc.v1.cri\".registry]"
                : "[plugins.\"io.containerd.grpc.v1.cri\".registry]";
    }

    /** {@code registry.mirrors}: the endpoints, and always the registry itself behind them. */
    private static Ways legacy(JsonNode mirrors, String registry, Release release) {
        JsonNode own = mirrors.path(mirrors.has(registry) ? registry : Upstreams.ANY);
        List<Hop> hops = new ArrayList<>();
        for (String endpoint : Toml.texts(own.path("endpoint"), "endpoint")) {
            hops.add(Upstreams.namespaced(registry, endpoint, HostsToml.root(endpoint, false), Trust.PLAIN));
        }
        hops.add(Upstreams.itself(registry));
        return new Ways(
                registry,
                release.shown(),
                hops,
                List.of(Finding.open(
                        ContainerdConfig.FILE,
                        "registry.mirrors always asks the registry itself after its endpoints",
                        "remove registry.mirrors; " + CONFIG_PATH)));
    }

    private static String path(ContainerdConfig config, Release release) {
        boolean mirrors = config.mirrors().isObject() && !config.mirrors().isEmpty();
        return config.hasConfigPath() ? config.configPath() : mirrors ? "" : release.defaultConfigPath();
    }

    private static List<String> split(String path) {
        return Stream.of(path.split(":")).filter(part -> !part.isEmpty()).toList();
    }

    @Override
    public List<Finding> findings(NodeRoot node) throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (Release release : releases.subList(releases.size() - 1, releases.size())) {
            try {
                ContainerdConfig config = ContainerdConfig.read(node, release);
                if (config.hasConfigPath()
                        && !config.configPath().isEmpty()
                        && config.mirrors().size() > 0) {
                    findings.add(Finding.broken(
                            ContainerdConfig.FILE,
                            "it has both config_path and registry.mirrors: the kubelet's part of containerd does not load",
                            "remove registry.mirrors"));
                }
            } catch (IllegalArgumentException e) {
                // said by ways()
            }
        }
        return findings;
    }
}
