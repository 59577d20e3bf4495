package io.entrepot.server.node.doctor;

import io.entrepot.server.node.doctor.CanaryCall.Answer;
import io.entrepot.server.node.doctor.Diagnosis.Remark;
import io.entrepot.server.node.doctor.Diagnosis.Row;
import io.entrepot.server.node.doctor.Diagnosis.State;
import io.entrepot.server.node.doctor.Hop.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads what pulls on a node, asks each address that it would ask for the canary, and says of each registry whether what a
 * mirror refuses is refused. The registries themselves are never asked.
 */
public final class Doctor {

    private final NodeRoot node;
    private final List<NodeRuntime> runtimes;
    private final boolean asking;
    private final Map<URI, Answer> answers = new HashMap<>();
    private final Map<Row, Set<String>> rows = new LinkedHashMap<>();
    private final Map<Finding, Set<String>> findings = new LinkedHashMap<>();
    private final Map<String, Set<String>> tried = new HashMap<>();

    private Doctor(NodeRoot node, List<NodeRuntime> runtimes, boolean asking) {
        this.node = node;
        this.runtimes = runtimes;
        this.asking = asking;
    }

    /**
     * Examines a node. Blocks.
     *
     * @param only these runtimes, by name; none: those of which there are traces
     * @param versions of runtimes by name, as they print them
     * @param registries to be looked at beside those that the configuration names and all others; none: the well-known ones
     * @param asking whether addresses are asked for the canary, or taken for mirrors
     * @throws IllegalArgumentException if a runtime is not known, or there is none
     */
    public static Diagnosis examine(
            NodeRoot node, Set<String> only, Map<String, String> versions, Set<String> registries, boolean asking)
            throws IOException {
        List<NodeRuntime> known = known(versions);
        List<NodeRuntime> chosen = known.stream()
                .filter(runtime -> only.isEmpty() ? runtime.isOn(node) : only.contains(runtime.name()))
                .toList();
        List<String> names = known.stream().map(NodeRuntime::name).toList();
        if (!names.containsAll(only)) {
            throw new IllegalArgumentException("runtime: " + only + " (expected: of " + names + ")");
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(
                    "nothing under " + node.root() + " pulls images (expected: traces of one of " + names + ")");
        }
        return new Doctor(node, chosen, asking).examine(registries);
    }

    private static List<NodeRuntime> known(Map<String, String> versions) {
        List<Release> releases = Release.of(versions.getOrDefault("containerd", ""))
                .map(List::of)
                .orElse(List.of(Release.values()));
        return List.of(
                new ContainerdRuntime(releases),
                new DockerRuntime(versions.getOrDefault("docker", "")),
                new ContainersRuntime(),
                new K3sRuntime("k3s"),
                new K3sRuntime("rke2"));
    }

    private Diagnosis examine(Set<String> registries) throws IOException {
        for (NodeRuntime runtime : runtimes) {
            Set<String> all = new LinkedHashSet<>(registries);
            all.addAll(runtime.named(node));
            all.add(Upstreams.ANY);
            for (String registry : all) {
                runtime.ways(node, registry).forEach(ways -> note(runtime, ways));
            }
            runtime.findings(node).forEach(finding -> add(finding, ""));
        }
        return new Diagnosis(table(), remarks());
    }

    private void note(NodeRuntime runtime, Ways ways) {
        tried.computeIfAbsent(runtime.name(), name -> new LinkedHashSet<>()).add(ways.release());
        State state = State.CLOSED;
        List<String> shown = new ArrayList<>();
        for (Hop hop : ways.hops()) {
            state = state.and(state(hop, ways.release()));
            shown.add(hop.shown());
        }
        for (Finding finding : ways.findings()) {
            add(finding, ways.release());
            state = state.and(State.of(finding.level()));
        }
        rows.computeIfAbsent(new Row(runtime.name(), "", ways.registry(), state, shown), row -> new LinkedHashSet<>())
                .add(ways.release());
    }

    private State state(Hop hop, String release) {
        if (!(hop instanceof Endpoint endpoint)) {
            return State.OPEN;
        }
        if (!asking) {
            return State.CLOSED;
        }
        Answer answer = answers.computeIfAbsent(endpoint.canary(), uri -> CanaryCall.ask(endpoint));
        if (answer instanceof Answer.Refused refused) {
            if (refused.reason().isEmpty() || refused.reason().equals("Forbidden")) {
                add(reasonLost(endpoint), release);
            }
            return State.CLOSED;
        }
        add(answer instanceof Answer.Other other ? noMirror(endpoint, other) : unreachable(endpoint, answer), release);
        return answer instanceof Answer.Other ? State.OPEN : State.UNSURE;
    }

    private static Finding reasonLost(Endpoint endpoint) {
        return Finding.note(
                endpoint.shown(),
                "it refuses, but without a reason in the status line: something between changes the answers",
                "pass TLS or TCP through to the mirror, and speak HTTP/1.1 to it");
    }

    private static Finding noMirror(Endpoint endpoint, Answer.Other other) {
        return Finding.open(
                endpoint.shown(),
                "it answers " + other.status() + " to what every mirror refuses: it is no mirror, or a way around one",
                "name mirrors only");
    }

    private static Finding unreachable(Endpoint endpoint, Answer answer) {
        String why = answer instanceof Answer.Unreachable gone ? gone.why() : "";
        return Finding.unsure(
                endpoint.shown(),
                "it cannot be asked: " + why,
                "start the mirror, or correct address and certificates");
    }

    private void add(Finding finding, String release) {
        findings.computeIfAbsent(finding, same -> new LinkedHashSet<>()).add(release);
    }

    private List<Remark> remarks() {
        return findings.entrySet().stream()
                .map(entry -> new Remark(entry.getKey(), releases(entry.getValue())))
                .sorted(Comparator.comparing(remark -> remark.finding().level()))
                .toList();
    }

    /** Those of one release together. */
    private List<Row> table() {
        return rows.entrySet().stream()
                .map(entry -> entry.getKey().with(releases(entry.getValue())))
                .sorted(Comparator.comparing(row ->
                        runtimes.stream().map(NodeRuntime::name).toList().indexOf(row.runtime()) + row.releases()))
                .toList();
    }

    /** {@code containerd 1.6, 1.7.0 to 1.7.31}; empty where it is all that there may be. */
    private String releases(Set<String> releases) {
        if (releases.size() > 1 && tried.containsValue(releases)) {
            return "";
        }
        StringBuilder shown = new StringBuilder();
        for (String release : releases) {
            boolean more = shown.length() > 0 && release.startsWith("containerd ");
            shown.append(shown.length() > 0 ? ", " : "")
                    .append(more ? release.substring("containerd ".length()) : release);
        }
        return shown.toString();
    }
}
