package io.entrepot.server.audit.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds what runs in a cluster against what the mirror gave out. A finding for each container and reason:
 *
 * <pre>
 * never passed     no client ever got this digest from the mirror
 * not to this node others got it, this node did not: it came by another way, or before the log begins
 * no digest        the runtime names no digest of a registry: the image was built or loaded on the node
 * differs          its tag meant another digest when the mirror gave it out last
 * moving tag       IfNotPresent or Never on a tag that moved, or on latest: nodes may run different things
 * would be refused today's rules refuse it
 * </pre>
 *
 * A node is known by its addresses, or by the name that it showed.
 */
public final class Reconcile {

    private static final List<Answer.Column> COLUMNS = List.of(
            new Answer.Column("finding", Answer.Kind.TEXT, "What is wrong"),
            new Answer.Column("namespace", Answer.Kind.TEXT, "Of the pod"),
            new Answer.Column("pod", Answer.Kind.TEXT, "Pod"),
            new Answer.Column("container", Answer.Kind.TEXT, "Container in it"),
            new Answer.Column("node", Answer.Kind.TEXT, "Where it runs"),
            new Answer.Column("image", Answer.Kind.TEXT, "As the pod says"),
            new Answer.Column("digest", Answer.Kind.TEXT, "What runs, as the runtime says"),
            new Answer.Column("note", Answer.Kind.TEXT, "More about it"));

    private final Map<String, Set<String>> holders = new HashMap<>();
    private final Map<String, JsonNode> newest = new HashMap<>();
    private final Map<String, Set<String>> meanings = new HashMap<>();
    /** The images that were chosen of an index, by tag and index. */
    private final Map<String, Set<String>> chosen = new HashMap<>();

    private final List<List<@Nullable Object>> rows = new ArrayList<>();
    private final Judged judged;

    private Reconcile(Judged judged) {
        this.judged = judged;
    }

    /**
     * Compares.
     *
     * @param pods what {@code kubectl get pods,nodes -A -o json} printed
     * @param inventory the answer to the report {@code inventory}, as JSON
     * @param judged today's rules
     */
    public static Answer of(byte[] pods, byte[] inventory, Judged judged) throws IOException {
        List<Running> running = Running.parse(pods);
        Reconcile reconcile = new Reconcile(judged);
        Rows.of(inventory).forEach(reconcile::know);
        running.forEach(reconcile::look);
        List<Answer.Figure> figures = new ArrayList<>();
        figures.add(new Answer.Figure("Containers", Answer.Kind.NUMBER, (long) running.size()));
        reconcile.rows.stream()
                .collect(Collectors.groupingBy(
                        row -> String.valueOf(row.get(0)), java.util.TreeMap::new, Collectors.counting()))
                .forEach((finding, count) -> figures.add(new Answer.Figure(
                        finding.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + finding.substring(1),
                        Answer.Kind.NUMBER,
                        count)));
        return Rows.table(
                "reconcile",
                "What runs, against what was pulled",
                "Containers that run what the mirror did not give out, or would not give out today.",
                Map.of(),
                figures,
                COLUMNS,
                reconcile.rows);
    }

    private void know(JsonNode row) {
        for (String field : List.of("digest", "image")) {
            if (!row.has(field)) {
                continue;
            }
            Set<String> of = holders.computeIfAbsent(row.path(field).asText(), digest -> new HashSet<>());
            of.add(row.path("client").asText());
            of.add(row.path("node").asText());
        }
        if (row.has("tag")) {
            String tag = row.path("name").asText() + ":" + row.path("tag").asText();
            meanings.computeIfAbsent(tag, name -> new HashSet<>())
                    .add(row.path("digest").asText());
            chosen.computeIfAbsent(tag + " " + row.path("digest").asText(), key -> new HashSet<>())
                    .add(row.path("image").asText());
            newest.merge(
                    tag,
                    row,
                    (one, other) -> one.path("last")
                                            .asText()
                                            .compareTo(other.path("last").asText())
                                    >= 0
                            ? one
                            : other);
        }
    }

    private void look(Running one) {
        Judged.Asked asked = one.asked();
        Set<String> holding = one.digest().isEmpty() ? Set.of() : holders.getOrDefault(one.digest(), Set.of());
        if (one.digest().isEmpty()) {
            find(one, "no digest", "built or loaded on the node, or not started yet");
        } else if (holding.isEmpty()) {
            find(one, "never passed", "");
        } else if (!one.node().isEmpty()
                && !holding.contains(one.node())
                && one.addresses().stream().noneMatch(holding::contains)) {
            find(one, "not to this node", "");
        }
        String tag = asked.registry() + "/" + asked.repository() + ":" + asked.tag();
        JsonNode last = asked.tag().isEmpty() ? null : newest.get(tag);
        if (last != null && !one.digest().isEmpty() && !means(last, tag, one.digest())) {
            find(one, "differs", "the tag was last " + last.path("digest").asText());
        }
        boolean moves = asked.tag().equals("latest")
                || meanings.getOrDefault(tag, Set.of()).size() > 1;
        if (!asked.tag().isEmpty() && moves && !one.pullPolicy().equals("Always")) {
            find(one, "moving tag", one.pullPolicy() + " on :" + asked.tag());
        }
        Judged.Verdict verdict = judged.judge(asked);
        if (verdict.verdict().equals("deny")) {
            find(one, "would be refused", (verdict.rule() + " " + verdict.reason()).strip());
        }
    }

    /** The runtime may name the index or the image that it chose of it. */
    private boolean means(JsonNode last, String tag, String digest) {
        String current = last.path("digest").asText();
        return digest.equals(current)
                || chosen.getOrDefault(tag + " " + current, Set.of()).contains(digest);
    }

    private void find(Running one, String finding, String note) {
        List<@Nullable Object> row = new ArrayList<>(List.of(
                finding, one.namespace(), one.pod(), one.container(), one.node(), one.image(), one.digest(), note));
        rows.add(row);
    }
}
