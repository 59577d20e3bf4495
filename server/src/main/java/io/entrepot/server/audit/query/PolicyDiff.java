package io.entrepot.server.audit.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which past pulls other rules would decide otherwise than the rules before them: {@code asked}, a report, is put to both.
 * What both say is compared by verdict, by rule where that changed alone and, where content would decide, by what it is held
 * against: a rule that asks for another age is another rule.
 */
public final class PolicyDiff {

    private static final List<Answer.Column> COLUMNS = List.of(
            new Answer.Column("image", Answer.Kind.TEXT, "What was asked for"),
            new Answer.Column("digest", Answer.Kind.TEXT, "What it resolved to when it was pulled last"),
            new Answer.Column("namespace", Answer.Kind.TEXT, "Namespace"),
            new Answer.Column("principal", Answer.Kind.TEXT, "Who asked"),
            new Answer.Column("before", Answer.Kind.TEXT, "What the old rules say"),
            new Answer.Column("after", Answer.Kind.TEXT, "What the new rules say"),
            new Answer.Column("old_rule", Answer.Kind.TEXT, "By which rule"),
            new Answer.Column("new_rule", Answer.Kind.TEXT, "By which rule"),
            new Answer.Column("reason", Answer.Kind.TEXT, "The new reason"),
            new Answer.Column("pulls", Answer.Kind.NUMBER, "Pulls that it concerns"),
            new Answer.Column("last", Answer.Kind.TEXT, "The last of them"));

    private PolicyDiff() {}

    /**
     * Which past pulls would be decided otherwise.
     *
     * @param asked the answer to the report {@code asked}, as JSON
     */
    public static Answer of(byte[] asked, Judged before, Judged after) throws IOException {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        long refused = 0;
        long admitted = 0;
        List<JsonNode> all = Rows.of(asked);
        for (JsonNode row : all) {
            Judged.Asked question = Rows.asked(row);
            Judged.Verdict old = before.judge(question);
            Judged.Verdict now = after.judge(question);
            boolean verdict = !old.verdict().equals(now.verdict());
            if (verdict || !old.rule().equals(now.rule()) || !old.basis().equals(now.basis())) {
                refused += verdict && now.verdict().equals("deny")
                        ? row.path("pulls").asLong()
                        : 0;
                admitted += verdict && old.verdict().equals("deny")
                        ? row.path("pulls").asLong()
                        : 0;
                rows.add(row(question, row, old, now));
            }
        }
        List<Answer.Figure> figures = List.of(
                new Answer.Figure("Pulls refused from now on", Answer.Kind.NUMBER, refused),
                new Answer.Figure("Pulls no longer refused", Answer.Kind.NUMBER, admitted),
                new Answer.Figure("Kinds of pulls that differ", Answer.Kind.NUMBER, (long) rows.size()),
                new Answer.Figure("Kinds of pulls looked at", Answer.Kind.NUMBER, (long) all.size()));
        return Rows.table(
                "policy-diff",
                "What other rules would change",
                "Past pulls that the new rules decide otherwise.",
                Map.of(),
                figures,
                COLUMNS,
                rows);
    }

    private static List<@Nullable Object> row(
            Judged.Asked asked, JsonNode row, Judged.Verdict old, Judged.Verdict now) {
        List<@Nullable Object> cells = new ArrayList<>();
        cells.add(asked.image());
        cells.add(asked.digest());
        cells.add(asked.namespace());
        cells.add(asked.principal());
        cells.add(old.verdict());
        cells.add(now.verdict());
        cells.add(old.rule());
        cells.add(now.rule());
        cells.add(now.reason());
        cells.add(row.path("pulls").asLong());
        cells.add(row.path("last").asText());
        return cells;
    }
}
