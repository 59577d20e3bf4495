package io.entrepot.server.audit.query.duck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.entrepot.server.audit.query.Answer;
import io.entrepot.server.audit.query.Filter;
import io.entrepot.server.audit.query.Format;
import io.entrepot.server.audit.query.ListedRecords;
import io.entrepot.server.audit.query.Question;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReportsTest {

    @TempDir
    private static Path directory;

    private static final ListedRecords RECORDS = ListedRecords.of(3, 6000, 5);

    static List<String> names() {
        return Report.NAMES;
    }

    @ParameterizedTest
    @MethodSource("names")
    void answersEveryReport(String name) throws Exception {
        try (Duck duck = Duck.open(directory.resolve("spill"), 512)) {
            Question question =
                    Question.report(directory, name, Map.of(Filter.FROM, "2026-09-01T00:00:00Z"), Format.TEXT);
            Answer answer = new Answering(duck, RECORDS, question, Instant.parse("2026-11-27T00:00:00Z")).answer();

            assertThat(answer.rows())
                    .isNotEmpty()
                    .allSatisfy(row -> assertThat(row).hasSameSizeAs(answer.columns()));
            for (Format format : Format.values()) {
                StringBuilder written = new StringBuilder();
                format.write(answer, 120, written);
                assertThat(written).isNotEmpty();
            }
        }
    }

    /** What stands for {@code ${before}} has quotes in it, behind which a value would be a statement. */
    @Test
    void aValueThatIsAskedForStaysOneWhateverStandsInIt() throws Exception {
        try (Duck duck = Duck.open(directory.resolve("spill"), 512)) {
            Map<Filter, String> filters = Map.of(
                    Filter.IMAGE,
                    "||chosen.client||/ OR true --",
                    Filter.CLIENT,
                    "${before}",
                    Filter.NODE,
                    "${period}");
            Question question = Question.report(directory, "stale", filters, Format.TEXT);
            Answer answer = new Answering(duck, RECORDS, question, Instant.parse("2026-11-27T00:00:00Z")).answer();

            assertThat(answer.rows()).isEmpty();
            assertThat(answer.figures().get(0).value()).isEqualTo(0L);
        }
    }

    @Test
    void findsRefusalsByTheDigestThatWasRefused(@TempDir Path other) throws Exception {
        String digest = "sha256:" + "ab".repeat(32);
        ListedRecords records = new ListedRecords();
        records.add(
                ("{\"seq\":0,\"time\":\"2026-11-26T00:00:00.000000Z\",\"type\":\"decision\",\"verdict\":\"deny\",\"rule\":\"r\","
                                + "\"kind\":\"manifest\",\"method\":\"GET\",\"registry\":\"docker.io\",\"repository\":\"a/b\",\"tag\":\"1\","
                                + "\"digest\":\"" + digest + "\",\"client\":\"10.0.0.1\"}")
                        .getBytes(StandardCharsets.UTF_8));
        try (Duck duck = Duck.open(other.resolve("spill"), 512)) {
            for (String report : List.of("denials", "drift", "first-time", "unused", "holders")) {
                Question question = Question.report(other, report, Map.of(Filter.DIGEST, digest), Format.JSON);
                Answer answer = new Answering(duck, records, question, Instant.parse("2026-11-27T00:00:00Z")).answer();

                assertThat(answer.rows()).as(report).hasSize(report.equals("denials") ? 1 : 0);
            }
        }
    }

    @Test
    void countsForTheFirstTeamThatHasTheNamespace() throws Exception {
        try (Duck duck = Duck.open(directory.resolve("spill"), 512)) {
            Map<String, String> teams = new LinkedHashMap<>();
            teams.put("ns-1*", "o'neil");
            teams.put("*", "others");
            Question question =
                    Question.report(directory, "usage", Map.of(), Format.JSON).with(Map.of("by", "team"), teams);
            Answer answer = new Answering(
                            duck, RECORDS, Question.parse(question.toJson()), Instant.parse("2026-11-27T00:00:00Z"))
                    .answer();

            assertThat(answer.rows()).extracting(row -> row.get(0)).contains("o'neil", "others");
            assertThat(answer.rows())
                    .extracting(row -> row.get(0))
                    .doesNotContain("ns-1")
                    .allSatisfy(owner -> assertThat(owner).isIn("o'neil", "others", null));
        }
    }

    @Test
    void aPullThatIsAskedForStaysAValueToo() throws Exception {
        try (Duck duck = Duck.open(directory.resolve("spill"), 512)) {
            for (String place : List.of("${sent}", "${own}", "${around}", "${records}", "${nothing}", "$1\\")) {
                Map<Filter, String> filters = Map.of(Filter.IMAGE, "docker.io/" + place, Filter.CLIENT, place);
                Question question = Question.report(directory, "pulls", filters, Format.TEXT);

                assertThat(new Answering(duck, RECORDS, question, Instant.parse("2026-11-27T00:00:00Z"))
                                .answer()
                                .rows())
                        .as(place)
                        .isEmpty();
            }
        }
    }

    @Test
    void aStatementReachesNothingOutsideOfTheLog(@TempDir Path elsewhere) throws Exception {
        Path secret = Files.writeString(elsewhere.resolve("audit.key"), "secret\n");
        try (Duck base = Duck.open(directory.resolve("spill"), 512)) {
            base.confine(directory);
            Duck duck = base.session();

            assertThatThrownBy(() -> duck.texts("SELECT content FROM read_text(" + Duck.text(secret + "") + ")"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("Permission");
            assertThatThrownBy(() -> duck.texts("SELECT content FROM read_text("
                            + Duck.text(directory + "/../" + elsewhere.getFileName() + "/audit.key") + ")"))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> duck.run("COPY (SELECT 1) TO " + Duck.text(elsewhere + "/written.csv")))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> duck.run("SET enable_external_access = true"))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> duck.run("SET allowed_directories = ['/']"))
                    .isInstanceOf(SQLException.class);
            duck.close();
        }
        assertThat(elsewhere.resolve("written.csv")).doesNotExist();
    }
}
