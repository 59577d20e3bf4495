package io.entrepot.server.node.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.server.node.doctor.Hop.Trust;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * k3s and RKE2, which make containerd's files of {@code registries.yaml} when they start.
 *
 * @param name k3s or rke2
 */
record K3sRuntime(String name) implements NodeRuntime {

    private static final String FLAG = "disable-default-registry-endpoint";

    @Override
    public boolean isOn(NodeRoot node) {
        return Stream.of("/etc/rancher/" + name, "/usr/local/bin/" + name, "/var/lib/rancher/" + name)
                .anyMatch(node::has);
    }

    private String file() {
        return "/etc/rancher/" + name + "/registries.yaml";
    }

    @Override
    public Set<String> named(NodeRoot node) throws IOException {
        Set<String> named = new LinkedHashSet<>();
        try {
            yaml(node, file()).path("mirrors").fieldNames().forEachRemaining(named::add);
        } catch (IllegalArgumentException e) {
            // said by ways()
        }
        return named;
    }

    @Override
    public List<Ways> ways(NodeRoot node, String registry) throws IOException {
        try {
            JsonNode tree = yaml(node, file());
            JsonNode mirrors = tree.path("mirrors");
            JsonNode own = mirrors.path(mirrors.has(registry) ? registry : Upstreams.ANY);
            return List.of(
                    own.isMissingNode()
                            ? Ways.direct(registry, "", nothing())
                            : ways(node, registry, own, tree.path("configs")));
        } catch (IllegalArgumentException e) {
            Finding broken = Finding.broken(file(), name + " does not start with it: " + e.getMessage(), "correct it");
            return List.of(new Ways(registry, "", List.of(), List.of(broken)));
        }
    }

    private Finding nothing() {
        return Finding.open(
                file(),
                "`mirrors` has neither the registry nor \"*\": the registry itself is asked",
                "write it anew and restart the service: entrepot hosts k3s --endpoint URL --dir /etc/rancher/" + name);
    }

    private Ways ways(NodeRoot node, String registry, JsonNode own, JsonNode configs) throws IOException {
        List<Hop> hops = new ArrayList<>();
        for (JsonNode endpoint : own.path("endpoint")) {
            String shown = endpoint.asText();
            String root = HostsToml.root(shown, false);
            hops.add(Upstreams.namespaced(registry, shown, root, trust(node, configs, shown)));
        }
        boolean disabled = isDisabled(node) && !configs.has(registry);
        if (!disabled) {
            hops.add(Upstreams.itself(registry));
        }
        return new Ways(registry, "", hops, List.of(disabled ? unproven() : open(registry, configs)));
    }

    private Finding open(String registry, JsonNode configs) {
        return configs.has(registry)
                ? Finding.open(
                        file(),
                        "`configs` has an entry for " + registry + ", for which the flag " + FLAG + " does not hold",
                        "remove it: the mirror has the credentials")
                : Finding.open(
                        "/etc/rancher/" + name + "/config.yaml",
                        "the registry itself is asked after the mirror",
                        FLAG + ": true in it, restart the service, and try a refused image");
    }

    private Finding unproven() {
        return Finding.unsure(
                "/etc/rancher/" + name + "/config.yaml",
                FLAG + " leaves `server` out of the files for containerd; whether that closes the way depends on the"
                        + " containerd that " + name
                        + " brings along (containerd's own releases ask the registry then)",
                "close the way out (docs/egress.md), or watch the node's connections while it pulls a refused image");
    }

    private static Trust trust(NodeRoot node, JsonNode configs, String endpoint) {
        JsonNode tls = configs.path(endpoint.replaceFirst("^https?://", "")).path("tls");
        String ca = tls.path("ca_file").asText("");
        List<Path> authorities = ca.isEmpty() ? List.of() : List.of(node.at(ca));
        return new Trust(
                authorities, List.of(), tls.path("insecure_skip_verify").asBoolean(), Map.of());
    }

    private boolean isDisabled(NodeRoot node) throws IOException {
        List<String> files = new ArrayList<>(List.of("/etc/rancher/" + name + "/config.yaml"));
        files.addAll(node.glob("/etc/rancher/" + name + "/config.yaml.d/*.yaml"));
        for (String file : files) {
            if (yaml(node, file).path(FLAG).asBoolean()) {
                return true;
            }
        }
        List<String> units = node.glob("/etc/systemd/system/" + name + "*.service");
        for (String unit : units) {
            if (node.read(unit).orElse("").contains("--" + FLAG)) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode yaml(NodeRoot node, String file) throws IOException {
        try {
            Object loaded = new Load(LoadSettings.builder().build())
                    .loadFromString(node.read(file).orElse("{}"));
            return new ObjectMapper().valueToTree(loaded == null ? new HashMap<>() : loaded);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException(file + ": "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("no YAML"));
        }
    }

    @Override
    public List<Finding> findings(NodeRoot node) {
        return List.of();
    }
}
