package io.entrepot.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every row of {@code decisions.txt} is decided as it says there. */
class DecisionTableTest {

    private static final String TABLE = "decisions.txt";

    /** One row, and the policy above it. */
    private record Row(String set, String policy, List<String> basis, int line, String[] cells) {

        String cell(int column) {
            return column < cells.length ? cells[column].strip() : "";
        }

        @Override
        public String toString() {
            return set + ", line " + line + ": " + cell(0) + " by " + cell(1) + ", " + cell(2);
        }
    }

    @TestFactory
    Stream<DynamicTest> decidesEveryRow() throws IOException {
        return rows().stream().map(row -> DynamicTest.dynamicTest(row.toString(), () -> assertRow(row)));
    }

    @Test
    void hasTwoHundredRows() throws IOException {
        assertThat(rows()).hasSizeGreaterThanOrEqualTo(200);
    }

    private static void assertRow(Row row) {
        PullPolicy policy = Made.policy(row.policy(), row.basis());
        Asked asked = Made.asked(row.cell(0), row.cell(1));
        Subject subject = Made.subject(asked.reference(), row.cell(2));
        Verdict byNames = policy.onNames(asked, Made.NOW);
        Verdict verdict = byNames instanceof Verdict.Allow
                        && policy.needs(asked.repository()).content()
                ? policy.onContent(asked, subject, Made.NOW)
                : byNames;

        assertThat(said(verdict)).as("%s", verdict).isEqualTo(row.cell(3));
        assertThat(rule(verdict)).as("%s", verdict).isEqualTo(row.cell(4));
        assertThat(words(verdict)).contains(row.cell(5));
        assertThat(said(policy.explain(asked, subject, Made.NOW).verdict()))
                .as("as it is explained")
                .isEqualTo(row.cell(3));
    }

    private static String said(Verdict verdict) {
        if (verdict instanceof Verdict.Deny deny) {
            return (deny.forAgeAlone() ? "age" : "deny") + (deny.identityMayHelp() ? "?" : "");
        }
        Grounds grounds = ((Verdict.Allow) verdict).grounds();
        if (grounds.exemption().equals("signature artifact")) {
            return "signature";
        }
        return !grounds.exemption().isEmpty() ? "exempt" : grounds.warnings().isEmpty() ? "allow" : "warn";
    }

    private static String rule(Verdict verdict) {
        String rule = verdict instanceof Verdict.Deny deny
                ? deny.rule()
                : ((Verdict.Allow) verdict).grounds().rule();
        return rule.isEmpty() ? "-" : rule;
    }

    private static String words(Verdict verdict) {
        return verdict instanceof Verdict.Deny deny
                ? deny.message()
                : ((Verdict.Allow) verdict).grounds().messages() + " "
                        + ((Verdict.Allow) verdict).grounds().exemption();
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        String set = "";
        StringBuilder policy = new StringBuilder();
        List<String> basis = new ArrayList<>();
        int number = 0;
        for (String line : lines()) {
            number++;
            if (line.startsWith("== ")) {
                set = line.substring(3).strip();
                policy.setLength(0);
                basis.clear();
            } else if (line.startsWith("> ")) {
                policy.append(line.substring(2)).append('\n');
            } else if (line.startsWith("! ")) {
                basis.add(line.substring(2).strip());
            } else if (line.contains("|") && !set.isEmpty()) {
                rows.add(new Row(set, policy.toString(), List.copyOf(basis), number, line.split("\\|", -1)));
            }
        }
        return rows;
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = DecisionTableTest.class.getResourceAsStream(TABLE)) {
            assertThat(in).as(TABLE).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
