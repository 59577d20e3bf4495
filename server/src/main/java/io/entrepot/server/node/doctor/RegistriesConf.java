package io.entrepot.server.node.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code registries.conf} and the files of {@code registries.conf.d}, as containers/image reads them
 * (containers-registries.conf(5)): a later file's entry for a prefix replaces an earlier one's; the longest prefix holds.
 */
record RegistriesConf(Map<String, Entry> entries, Set<String> searched) {

    static final String FILE = "/etc/containers/registries.conf";

    /**
     * What holds for names with this prefix.
     *
     * @param location what stands in the prefix's place, where that is asked itself
     * @param mirrors asked before it
     */
    record Entry(
            String file, String prefix, String location, boolean blocked, boolean insecure, List<Mirror> mirrors) {}

    /** Asked before the location: for {@code all}, {@code digest-only} or {@code tag-only}. */
    record Mirror(String location, boolean insecure, String from) {}

    /** @throws IllegalArgumentException if nothing pulls with it, with the reason */
    static RegistriesConf read(NodeRoot node) throws IOException {
        RegistriesConf conf = new RegistriesConf(new LinkedHashMap<>(), new LinkedHashSet<>());
        List<String> files = new ArrayList<>(List.of(node.has(FILE) ? FILE : "/usr/share/containers/registries.conf"));
        files.addAll(node.glob("/etc/containers/registries.conf.d/*.conf"));
        for (String file : files) {
            try {
                conf.add(file, Toml.parse(node.read(file).orElse("")));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ": " + e.getMessage());
            }
        }
        return conf;
    }

    private void add(String file, JsonNode tree) {
        searched.addAll(Toml.texts(tree.path("unqualified-search-registries"), "unqualified-search-registries"));
        for (JsonNode each : tree.path("registry")) {
            String location = Toml.text(each.path("location"), "location");
            String written = Toml.text(each.path("prefix"), "prefix");
            String prefix = written.isEmpty() ? location : written;
            boolean digests = Toml.flag(each.path("mirror-by-digest-only"), "mirror-by-digest-only");
            entries.put(
                    prefix,
                    new Entry(
                            file,
                            prefix,
                            location.isEmpty() ? prefix : location,
                            Toml.flag(each.path("blocked"), "blocked"),
                            Toml.flag(each.path("insecure"), "insecure"),
                            mirrors(each.path("mirror"), digests)));
        }
    }

    private static List<Mirror> mirrors(JsonNode all, boolean digests) {
        List<Mirror> mirrors = new ArrayList<>();
        for (JsonNode each : all) {
            String from = Toml.text(each.path("pull-from-mirror"), "pull-from-mirror");
            mirrors.add(new Mirror(
                    Toml.text(each.path("location"), "location"),
                    Toml.flag(each.path("insecure"), "insecure"),
                    from.isEmpty() ? (digests ? "digest-only" : "all") : from));
        }
        return mirrors;
    }

    /** What holds for this name. */
    Optional<Entry> find(String name) {
        return entries.values().stream()
                .filter(entry -> matches(entry.prefix(), name))
                .reduce((before, next) ->
                        next.prefix().length() > before.prefix().length() ? next : before);
    }

    private static boolean matches(String prefix, String name) {
        if (prefix.startsWith("*.")) {
            String host = name.substring(0, Math.max(name.indexOf('/'), 0));
            return host.endsWith(prefix.substring(1));
        }
        return name.equals(prefix) || name.startsWith(prefix + "/");
    }
}
