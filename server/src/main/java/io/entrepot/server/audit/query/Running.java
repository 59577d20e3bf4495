package io.entrepot.server.audit.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A container that runs, as {@code kubectl get pods,nodes -A -o json} says.
 *
 * @param container its name
 * @param node of its pod; empty: none yet
 * @param addresses of the node
 * @param image as it is written in the pod
 * @param digest that the runtime says it is; empty if it names none of a registry
 * @param pullPolicy Always, IfNotPresent or Never
 */
record Running(
        String namespace,
        String pod,
        String container,
        String node,
        Set<String> addresses,
        String image,
        String digest,
        String pullPolicy) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> KINDS = List.of("", "init", "ephemeral");

    Running {
        addresses = Set.copyOf(addresses);
    }

    /** @throws IllegalArgumentException if it is no list of pods */
    static List<Running> parse(byte[] pods) throws IOException {
        JsonNode list = JSON.readTree(pods);
        if (!list.path("items").isArray()) {
            throw new IllegalArgumentException("no list of pods (expected: kubectl get pods,nodes -A -o json)");
        }
        Map<String, Set<String>> nodes = new HashMap<>();
        for (JsonNode item : list.path("items")) {
            if (item.path("kind").asText().equals("Node")) {
                Set<String> addresses = new HashSet<>();
                item.path("status")
                        .path("addresses")
                        .forEach(each -> addresses.add(each.path("address").asText()));
                nodes.put(item.path("metadata").path("name").asText(), addresses);
            }
        }
        List<Running> running = new ArrayList<>();
        for (JsonNode item : list.path("items")) {
            if (item.path("kind").asText().equals("Pod")) {
                pod(item, nodes, running);
            }
        }
        return running;
    }

    private static void pod(JsonNode pod, Map<String, Set<String>> nodes, List<Running> into) {
        String node = pod.path("spec").path("nodeName").asText();
        for (String kind : KINDS) {
            Map<String, String> ids = new HashMap<>();
            pod.path("status")
                    .path(named(kind, "containerStatuses"))
                    .forEach(each -> ids.put(
                            each.path("name").asText(), each.path("imageID").asText()));
            for (JsonNode container : pod.path("spec").path(named(kind, "containers"))) {
                String name = container.path("name").asText();
                into.add(new Running(
                        pod.path("metadata").path("namespace").asText(),
                        pod.path("metadata").path("name").asText(),
                        name,
                        node,
                        nodes.getOrDefault(node, Set.of()),
                        container.path("image").asText(),
                        digest(ids.getOrDefault(name, "")),
                        container.path("imagePullPolicy").asText()));
            }
        }
    }

    private static String named(String kind, String what) {
        return kind.isEmpty() ? what : kind + what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1);
    }

    /** Behind the at: {@code docker.io/library/nginx@sha256:…}, {@code docker-pullable://nginx@sha256:…}. */
    private static String digest(String imageId) {
        int at = imageId.lastIndexOf('@');
        return at < 0 ? "" : imageId.substring(at + 1);
    }

    /** The image as the mirror records it: of Docker Hub and {@code latest} where nothing else is said. */
    Judged.Asked asked() {
        int at = image.indexOf('@');
        String name = at < 0 ? image : image.substring(0, at);
        int colon = name.lastIndexOf(':');
        boolean tagged = colon > name.lastIndexOf('/');
        String path = tagged ? name.substring(0, colon) : name;
        String tag = tagged ? name.substring(colon + 1) : at < 0 ? "latest" : "";
        int slash = path.indexOf('/');
        String first = slash < 0 ? "" : path.substring(0, slash);
        boolean registry = first.contains(".") || first.contains(":") || first.equals("localhost");
        String own = registry ? path.substring(slash + 1) : slash < 0 ? "library/" + path : path;
        String host = !registry || first.equals("index.docker.io") ? "docker.io" : first;
        return new Judged.Asked(host, own, at < 0 ? tag : "", at < 0 ? digest : image.substring(at + 1), namespace, "");
    }
}
