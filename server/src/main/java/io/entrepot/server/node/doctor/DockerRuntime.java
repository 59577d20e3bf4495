package io.entrepot.server.node.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.server.inspect.Json;
import io.entrepot.server.node.doctor.Hop.Trust;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * dockerd: with its own store it knows mirrors for Docker Hub alone and asks Docker Hub after them; with containerd's image
 * store, the default from 29 on where there is no store of its own from before, it reads {@code hosts.toml} files, too.
 *
 * @param version as {@code dockerd --version} prints it; empty: not known
 */
record DockerRuntime(String version) implements NodeRuntime {

    private static final String FILE = "/etc/docker/daemon.json";
    private static final String CERTS = "/etc/docker/certs.d";
    private static final Pattern MAJOR = Pattern.compile("\\b(\\d{2})\\.\\d");
    private static final int FIRST_WITH_CONTAINERD = 29;
    private static final String FEATURE = "\"features\": { \"containerd-snapshotter\": true } in " + FILE;
    private static final String OWN = "dockerd with its own image store";
    private static final String CONTAINERD = "dockerd with containerd's image store";
    private static final String FIX =
            "name images by the mirror (MIRROR/docker.io/library/alpine), close the way out, or use"
                    + " containerd's image store (" + FEATURE
                    + ") and: entrepot hosts containerd --endpoint URL --dir " + CERTS;

    @Override
    public String name() {
        return "docker";
    }

    @Override
    public boolean isOn(NodeRoot node) {
        return Stream.of(FILE, "/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd")
                .anyMatch(node::has);
    }

    @Override
    public Set<String> named(NodeRoot node) throws IOException {
        return new LinkedHashSet<>(certs(node).named());
    }

    @Override
    public List<Ways> ways(NodeRoot node, String registry) throws IOException {
        JsonNode daemon;
        try {
            daemon = Json.parse(node.read(FILE).orElse("{}"));
        } catch (IllegalArgumentException e) {
            Finding broken =
                    Finding.broken(FILE, "dockerd does not start with it: " + e.getMessage(), "correct the file");
            return List.of(new Ways(registry, "", List.of(), List.of(broken)));
        }
        List<Ways> all = new ArrayList<>();
        if (mayBe(daemon, false)) {
            all.add(byMirrors(daemon, registry, OWN));
        }
        if (mayBe(daemon, true)) {
            all.add(byHosts(node, daemon, registry));
        }
        return all;
    }

    private static Ways byHosts(NodeRoot node, JsonNode daemon, String registry) throws IOException {
        Ways ways = certs(node).ways(registry, Release.V2_2);
        if (ways.hops().stream().noneMatch(Hop.Endpoint.class::isInstance)) {
            return byMirrors(daemon, registry, CONTAINERD);
        }
        List<Finding> findings = new ArrayList<>(ways.findings());
        if (!said(daemon).isBoolean()) {
            ownStore(node, daemon).forEach(store -> findings.add(kept(store)));
        }
        return new Ways(registry, CONTAINERD, ways.hops(), findings);
    }

    /** What a store of its own leaves, one directory for each driver. */
    private static List<String> ownStore(NodeRoot node, JsonNode daemon) throws IOException {
        return node.glob(daemon.path("data-root").asText("/var/lib/docker") + "/image/*");
    }

    private static Finding kept(String store) {
        return Finding.unsure(
                store,
                "dockerd had an image store of its own, and a daemon that was upgraded goes on with it: then it asks Docker"
                        + " Hub whenever a mirror refuses, and other registries themselves",
                "say which store it is: " + FEATURE);
    }

    private static JsonNode said(JsonNode daemon) {
        return daemon.path("features").path("containerd-snapshotter");
    }

    private static CertsDirs certs(NodeRoot node) {
        return new CertsDirs(node, List.of(CERTS));
    }

    private boolean mayBe(JsonNode daemon, boolean containerd) {
        JsonNode said = said(daemon);
        if (said.isBoolean()) {
            return said.booleanValue() == containerd;
        }
        Matcher major = MAJOR.matcher(version);
        return !major.find() || (Integer.parseInt(major.group(1)) >= FIRST_WITH_CONTAINERD) == containerd;
    }

    private static Ways byMirrors(JsonNode daemon, String registry, String store) {
        if (!registry.equals("docker.io")) {
            String what = "dockerd knows mirrors for Docker Hub alone: every other registry is asked itself";
            return Ways.direct(registry, store, Finding.open(FILE, what, FIX));
        }
        List<Hop> hops = new ArrayList<>();
        daemon.path("registry-mirrors").forEach(mirror -> {
            String shown = mirror.asText();
            hops.add(Upstreams.namespaced(registry, shown, HostsToml.root(shown, false), Trust.PLAIN));
        });
        hops.add(Upstreams.itself(registry));
        String what = hops.size() == 1
                ? "there is no mirror for Docker Hub: it is asked itself"
                : "dockerd asks Docker Hub itself whenever a mirror refuses";
        return new Ways(registry, store, hops, List.of(Finding.open(FILE, what, FIX)));
    }

    @Override
    public List<Finding> findings(NodeRoot node) {
        return List.of();
    }
}
