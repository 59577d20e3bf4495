package io.entrepot.server.node.doctor;

import io.entrepot.server.node.doctor.Hop.Trust;
import io.entrepot.server.node.doctor.RegistriesConf.Entry;
import io.entrepot.server.node.doctor.RegistriesConf.Mirror;
import io.entrepot.server.policy.Canary;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** podman, buildah, skopeo and CRI-O: the mirrors of a prefix first, then its location, unless that is blocked. */
record ContainersRuntime() implements NodeRuntime {

    private static final String FIX =
            "make the mirror its location: entrepot hosts podman --endpoint URL --registry %s";

    @Override
    public String name() {
        return "podman";
    }

    @Override
    public boolean isOn(NodeRoot node) {
        return Stream.of("/etc/containers", "/usr/bin/podman", "/usr/bin/crio", "/usr/bin/skopeo", "/usr/bin/buildah")
                .anyMatch(node::has);
    }

    @Override
    public Set<String> named(NodeRoot node) throws IOException {
        try {
            RegistriesConf conf = RegistriesConf.read(node);
            Set<String> named = new LinkedHashSet<>(conf.entries().keySet());
            named.removeIf(prefix -> prefix.startsWith("*."));
            named.addAll(conf.searched());
            return named;
        } catch (IllegalArgumentException e) {
            return Set.of();
        }
    }

    @Override
    public List<Ways> ways(NodeRoot node, String registry) throws IOException {
        try {
            String name = (registry.equals(Upstreams.ANY) ? Canary.REGISTRY : registry) + Canary.path("");
            Optional<Entry> entry = RegistriesConf.read(node).find(name);
            return List.of(entry.map(found -> ways(node, registry, name, found)).orElseGet(() -> direct(registry)));
        } catch (IllegalArgumentException e) {
            String what = "nothing pulls with it: " + e.getMessage();
            return List.of(new Ways(
                    registry, "", List.of(), List.of(Finding.broken(RegistriesConf.FILE, what, "correct the file"))));
        }
    }

    private static Ways direct(String registry) {
        String what = "registries that are not named are asked themselves";
        String fix = FIX.formatted("HOST") + "; close the way out for all others: docs/egress.md";
        return Ways.direct(registry, "", Finding.open(RegistriesConf.FILE, what, fix));
    }

    private static Ways ways(NodeRoot node, String registry, String name, Entry entry) {
        Optional<String> impossible = impossible(entry);
        if (impossible.isPresent()) {
            String what = "nothing of " + entry.prefix() + " is pulled: its location " + impossible.get()
                    + " makes a reference with a port in its path, which is none";
            String fix = "name the registry without its port there, and give the mirror an alias of that name";
            return new Ways(registry, "", List.of(), List.of(Finding.broken(entry.file(), what, fix)));
        }
        List<Hop> hops = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        for (Mirror mirror : entry.mirrors()) {
            hops.add(hop(node, registry, placed(entry, mirror.location(), name), mirror.insecure()));
        }
        if (!entry.blocked()) {
            Hop primary = hop(node, registry, placed(entry, entry.location(), name), entry.insecure());
            hops.add(primary);
            if (primary instanceof Hop.Registry) {
                findings.add(Finding.open(
                        entry.file(),
                        entry.mirrors().isEmpty()
                                ? "the location of " + entry.prefix() + " is the registry itself"
                                : "the mirrors of " + entry.prefix() + " are asked first, and then the registry itself",
                        FIX.formatted(registry) + ", or blocked = true"));
            }
            entry.mirrors().stream()
                    .filter(mirror -> mirror.from().equals("digest-only"))
                    .findFirst()
                    .ifPresent(mirror -> findings.add(Finding.note(
                            entry.file(),
                            "the mirror " + mirror.location()
                                    + " is asked for digests only: no rule about tags sees a tag",
                            "pull-from-mirror = \"all\"")));
        }
        return new Ways(registry, "", hops, findings);
    }

    /** A location, its own or a mirror's, with a colon behind the first slash: each is tried before any is asked. */
    private static Optional<String> impossible(Entry entry) {
        return Stream.concat(
                        Stream.of(entry.location()), entry.mirrors().stream().map(Mirror::location))
                .filter(location -> location.indexOf('/') >= 0 && location.indexOf(':', location.indexOf('/')) >= 0)
                .findFirst();
    }

    private static String placed(Entry entry, String location, String name) {
        return entry.prefix().startsWith("*.")
                ? name
                : location + name.substring(entry.prefix().length());
    }

    private static Hop hop(NodeRoot node, String registry, String name, boolean insecure) {
        int slash = name.indexOf('/');
        String host = name.substring(0, slash);
        String path = name.substring(slash, name.length() - Canary.path("").length());
        String own = registry.contains("/") ? registry.substring(0, registry.indexOf('/')) : registry;
        if (Upstreams.isItself(own, host) || host.equals(Canary.REGISTRY)) {
            return new Hop.Registry("https://" + host);
        }
        return Upstreams.prefixed(host + path, URI.create("https://" + host), path, trust(node, host, insecure));
    }

    private static Trust trust(NodeRoot node, String host, boolean insecure) {
        List<Path> authorities = Stream.of("/etc/containers/certs.d/", "/etc/docker/certs.d/")
                .map(certs -> node.at(certs + host + "/ca.crt"))
                .filter(Files::exists)
                .toList();
        return new Trust(authorities, List.of(), insecure, Map.of());
    }

    @Override
    public List<Finding> findings(NodeRoot node) throws IOException {
        List<Finding> findings = new ArrayList<>();
        List<String> homes = new ArrayList<>(node.glob("/home/*"));
        homes.add("/root");
        for (String home : homes) {
            String file = home + "/.config/containers/registries.conf";
            if (node.has(file)) {
                String what = "this user's podman goes by it, and not by " + RegistriesConf.FILE;
                findings.add(Finding.unsure(file, what, "remove it, or look at it as at the other"));
            }
            for (String more : node.glob(home + "/.config/containers/registries.conf.d/*.conf")) {
                String what = "this user's podman reads it after those in " + RegistriesConf.FILE + ".d";
                findings.add(Finding.unsure(more, what, "remove it, or look at it as at the others"));
            }
        }
        return findings;
    }
}
