package io.entrepot.server.node.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Directories of {@code hosts.toml} files, as containerd goes through them: the first that has one for the registry holds, and
 * a registry's own wins over {@code _default}.
 */
record CertsDirs(NodeRoot node, List<String> roots) {

    private static final String FIX = "write it anew: entrepot hosts containerd --endpoint URL --dir %s";

    /** Whom a release asks for this registry. */
    Ways ways(String registry, Release release) throws IOException {
        Optional<String> directory = find(registry);
        if (directory.isEmpty()) {
            return Ways.direct(
                    registry,
                    release.shown(),
                    Finding.open(
                            String.join(":", roots),
                            "there is neither a directory for the registry nor a _default: the registry itself is asked",
                            FIX.formatted(root())));
        }
        return ways(registry, directory.get(), release);
    }

    private Ways ways(String registry, String directory, Release release) throws IOException {
        String file = directory + "/hosts.toml";
        Optional<String> text = node.read(file);
        if (text.isEmpty()) {
            return Ways.direct(
                    registry,
                    release.shown(),
                    Finding.open(
                            directory,
                            "it has no hosts.toml, and wins over _default: the registry itself is asked",
                            "remove the directory, or " + FIX.formatted(root())));
        }
        try {
            return ways(registry, file, HostsToml.read(node, directory, text.get(), registry, release), release);
        } catch (IllegalArgumentException e) {
            return Ways.direct(
                    registry,
                    release.shown(),
                    Finding.open(
                            file,
                            "containerd drops the file, and asks the registry itself: " + e.getMessage(),
                            dropped(e)));
        }
    }

    private Ways ways(String registry, String file, HostsToml read, Release release) {
        List<Finding> findings = read.appended()
                ? List.of(Finding.open(
                        file,
                        "`server` is missing, so that the registry itself is asked after the hosts",
                        "name the mirror as the server, too: server = \"https://mirror:5000\""))
                : read.hops().stream()
                        .filter(Hop.Registry.class::isInstance)
                        .map(hop -> Finding.open(
                                file,
                                "the registry itself, " + hop.shown() + ", is among those that are asked; without"
                                        + " capabilities it still is for digests",
                                "name only mirrors in it, the last as `server`"))
                        .limit(1)
                        .toList();
        return new Ways(registry, release.shown(), read.hops(), findings);
    }

    private String dropped(IllegalArgumentException e) {
        String why = String.valueOf(e.getMessage());
        if (why.contains("[host]")) {
            return "add the line [host], which every release reads";
        }
        return why.contains("capability referrers")
                ? "capabilities = [\"pull\", \"resolve\"]; referrers only where every node has containerd 2.2 or later"
                : "correct it, or " + FIX.formatted(root());
    }

    private Optional<String> find(String registry) {
        return roots.stream()
                .flatMap(root -> names(registry).map(name -> root + "/" + name))
                .filter(node::has)
                .findFirst();
    }

    private static Stream<String> names(String registry) {
        int colon = registry.lastIndexOf(':');
        Stream<String> own = registry.equals(Upstreams.ANY)
                ? Stream.of()
                : colon > 0
                        ? Stream.of(registry.substring(0, colon) + "_" + registry.substring(colon + 1) + "_", registry)
                        : Stream.of(registry);
        return Stream.concat(own, Stream.of("_default"));
    }

    /** Registries that have a directory of their own. */
    List<String> named() throws IOException {
        List<String> named = new ArrayList<>();
        for (String root : roots) {
            for (String entry : node.glob(root + "/*")) {
                String name = entry.substring(entry.lastIndexOf('/') + 1);
                if (!name.startsWith("_") && Files.isDirectory(node.at(entry))) {
                    named.add(name.replaceFirst("_(\\d+)_$", ":$1"));
                }
            }
        }
        return named;
    }

    private String root() {
        return roots.isEmpty() ? "/etc/containerd/certs.d" : roots.get(0);
    }
}
