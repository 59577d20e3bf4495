package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.server.audit.query.Answer;
import io.entrepot.server.audit.query.Filter;
import io.entrepot.server.audit.query.Format;
import io.entrepot.server.audit.query.ListedRecords;
import io.entrepot.server.audit.query.Question;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports, held against a plain reading of the same records. */
class OracleTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FROM = "2026-09-01T00:00:00Z";
    private static final ListedRecords RECORDS = ListedRecords.of(11, 8000, 5);
    private static final List<JsonNode> ALL = new ArrayList<>();
    private static final List<JsonNode> SINCE = new ArrayList<>();

    @TempDir
    private static Path directory;

    @BeforeAll
    static void derive() throws IOException, SQLException {
        for (byte[] record : RECORDS.all()) {
            JsonNode node = JSON.readTree(record);
            ALL.add(node);
            if (node.path("time").asText().compareTo(FROM) >= 0) {
                SINCE.add(node);
            }
        }
        try (Duck duck = Duck.open(directory.resolve("spill"), 512)) {
            new Deriver(duck, directory, 400_000).derive(RECORDS);
        }
    }

    @Test
    void countsStaleAnswers() throws Exception {
        Map<String, Long> plain = new HashMap<>();
        for (JsonNode record : SINCE) {
            if (record.has("stale")) {
                String tag = record.path("tag").asText(record.path("forTag").asText());
                String digest = record.path("root").asText(record.path("digest").asText());
                plain.merge(name(record) + ":" + tag + "@" + digest, 1L, Long::sum);
            }
        }
        Map<String, Object> reported = new HashMap<>();
        report("stale")
                .rows()
                .forEach(row -> reported.put(row.get(0) + ":" + row.get(1) + "@" + row.get(2), row.get(4)));

        assertThat(reported).isNotEmpty().isEqualTo(plain);
    }

    @Test
    void addsUpWhatWasServed() throws Exception {
        Map<String, Long> plain = new HashMap<>();
        SINCE.stream()
                .filter(record -> record.path("type").asText().equals("transfer"))
                .forEach(
                        record -> plain.merge(name(record), record.path("bytes").asLong(), Long::sum));
        Map<String, Object> reported = new HashMap<>();
        report("top").rows().stream()
                .filter(row -> (Long) row.get(4) > 0)
                .forEach(row -> reported.put((String) row.get(0), row.get(4)));

        assertThat(reported).isNotEmpty().isEqualTo(plain);
    }

    @Test
    void findsDigestsThatAreNewAndThoseThatAreNoMore() throws Exception {
        Set<String> before = new HashSet<>();
        Set<String> since = new HashSet<>();
        Set<String> asked = new HashSet<>();
        Set<String> askedSince = new HashSet<>();
        for (JsonNode record : ALL) {
            if (record.path("verdict").asText().equals("allow") && record.has("digest")) {
                boolean late = record.path("time").asText().compareTo(FROM) >= 0;
                String root = record.path("root").asText(record.path("digest").asText());
                (late ? since : before).add(name(record) + " " + root);
                String reference =
                        record.path("tag").asText(record.path("forTag").asText(root));
                (late ? askedSince : asked).add(name(record) + " " + reference);
            }
        }
        since.removeAll(before);
        asked.removeAll(askedSince);

        assertThat(report("first-time").rows())
                .extracting(row -> row.get(0) + " " + row.get(2))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(since);
        assertThat(report("unused").rows())
                .extracting(row -> row.get(0) + " " + row.get(1))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(asked);
    }

    @Test
    void countsEveryAllowedCheckAndTransferInSomePull() throws Exception {
        long bytes = SINCE.stream()
                .filter(record -> record.path("type").asText().equals("transfer"))
                .mapToLong(record -> record.path("bytes").asLong())
                .sum();
        Answer pulls = report("pulls");

        assertThat(pulls.rows().stream().mapToLong(row -> (Long) row.get(12)).sum())
                .isEqualTo(bytes);
        // The fleet names no index but by a tag before: each tag that was asked for is one try.
        long tries = SINCE.stream()
                .filter(record -> record.path("type").asText().equals("decision") && record.has("tag"))
                .count();
        assertThat(pulls.rows().stream().mapToLong(row -> (Long) row.get(10)).sum())
                .isEqualTo(tries);
    }

    @Test
    void countsRefusalsAndFindsWhatWasGivenLater() throws Exception {
        long denied = SINCE.stream()
                .filter(record -> record.path("verdict").asText().equals("deny"))
                .count();
        Answer denials = report("denials");

        long attempts =
                denials.rows().stream().mapToLong(row -> (Long) row.get(8)).sum();
        assertThat(attempts).isPositive().isLessThanOrEqualTo(denied);
        assertThat(denials.rows()).anySatisfy(row -> assertThat(row.get(11)).isNotNull());
        assertThat(denials.rows()).allSatisfy(row -> {
            if (row.get(11) instanceof Instant later) {
                assertThat(later).isAfter((Instant) row.get(9));
            }
        });
    }

    @Test
    void namesTheDigestsOfTagsThatMoved() throws Exception {
        Map<String, Set<String>> plain = new HashMap<>();
        for (JsonNode record : SINCE) {
            String tag = record.path("tag").asText(record.path("forTag").asText());
            if (record.path("verdict").asText().equals("allow") && !tag.isEmpty()) {
                plain.computeIfAbsent(name(record) + ":" + tag, key -> new HashSet<>())
                        .add(record.path("root").asText(record.path("digest").asText()));
            }
        }
        plain.values().removeIf(digests -> digests.size() < 2);
        Map<String, Set<String>> reported = new HashMap<>();
        report("drift")
                .rows()
                .forEach(row -> reported.computeIfAbsent(row.get(0) + ":" + row.get(1), key -> new HashSet<>())
                        .add((String) row.get(2)));

        assertThat(reported).isNotEmpty().isEqualTo(plain);
    }

    @Test
    void missesARecordThatIsNotThere(@TempDir Path other) throws Exception {
        ListedRecords holed = new ListedRecords();
        for (int seq : List.of(0, 1, 2, 5, 6)) {
            holed.add(("{\"seq\":" + seq + ",\"time\":\"2026-09-01T0" + seq + ":00:00.000000Z\",\"type\":\""
                            + (seq == 0 || seq == 6 ? "start" : "upstream") + "\"}")
                    .getBytes(UTF_8));
        }
        try (Duck duck = Duck.open(other.resolve("spill"), 512)) {
            Question question = Question.report(other, "completeness", Map.of(), Format.JSON);
            Answer answer = new Answering(duck, holed, question, Instant.EPOCH).answer();

            assertThat(answer.rows())
                    .extracting(row -> row.get(0) + " " + row.get(1) + "-" + row.get(2))
                    .contains("missing 3-4", "start 0-0", "start without stop 6-6", "silence 2-5");
            assertThat(answer.figures())
                    .filteredOn(figure -> figure.label().equals("No number missing"))
                    .singleElement()
                    .satisfies(figure -> assertThat(figure.value()).isEqualTo(false));
        }
    }

    @Test
    void saysOfATimeWithoutRecordsThatNothingIsKnownOfIt(@TempDir Path other) throws Exception {
        Answer answer = completeness(other, few(), "2026-09-02T00:00:00Z", "2026-09-03T00:00:00Z");

        assertThat(answer.rows()).extracting(row -> row.get(0)).containsExactly("no record");
        assertThat(noNumberMissing(answer)).isNull();
    }

    @Test
    void saysWhereATimeBeginsAndEndsInSilence(@TempDir Path other) throws Exception {
        Answer answer = completeness(other, few(), "2026-08-31T22:00:00Z", "2026-09-01T08:00:00Z");

        assertThat(answer.rows())
                .extracting(row -> row.get(0) + " " + row.get(1) + "-" + row.get(2))
                .contains("silence null-0", "silence 3-null", "missing 2-2");
        assertThat(noNumberMissing(answer)).isEqualTo(false);
    }

    @Test
    void saysThatOfATimeRecordsWerePruned(@TempDir Path other) throws Exception {
        ListedRecords records = few();
        records.forget(1);

        assertThat(completeness(other, records, "2026-09-01T00:00:00Z", "2026-09-01T02:00:00Z")
                        .rows())
                .extracting(row -> row.get(0) + " " + row.get(1) + "-" + row.get(2))
                .contains("pruned 0-0");
        assertThat(completeness(other, records, "2026-09-01T02:30:00Z", "2026-09-01T03:30:00Z")
                        .rows())
                .extracting(row -> row.get(0))
                .doesNotContain("pruned");
    }

    @Test
    void aRecordThatCannotBeReadAnyMoreIsMissing(@TempDir Path other) throws Exception {
        ListedRecords records = few();
        records.add("{\"seq\":4,\"type\":\"missing\"}".getBytes(UTF_8));
        Answer answer = completeness(other, records, "", "");

        assertThat(answer.rows())
                .extracting(row -> row.get(0) + " " + row.get(1) + "-" + row.get(2))
                .contains("missing 4-4");
        assertThat(noNumberMissing(answer)).isEqualTo(false);
    }

    /** An hour apart; the third is of another day. */
    private static ListedRecords few() {
        ListedRecords few = new ListedRecords();
        for (int seq = 0; seq < 4; seq++) {
            String day = seq == 2 ? "2026-08-20" : "2026-09-01";
            few.add(("{\"seq\":" + seq + ",\"time\":\"" + day + "T0" + seq + ":00:00.000000Z\",\"type\":\"upstream\"}")
                    .getBytes(UTF_8));
        }
        return few;
    }

    private static Answer completeness(Path directory, ListedRecords records, String from, String to)
            throws IOException, SQLException {
        Map<Filter, String> filters = from.isEmpty() ? Map.of() : Map.of(Filter.FROM, from, Filter.TO, to);
        try (Duck duck = Duck.open(directory.resolve("spill"), 512)) {
            Question question = Question.report(directory, "completeness", filters, Format.JSON);
            return new Answering(duck, records, question, Instant.parse("2026-11-27T00:00:00Z")).answer();
        }
    }

    private static Object noNumberMissing(Answer answer) {
        return answer.figures().stream()
                .filter(figure -> figure.label().equals("No number missing"))
                .findFirst()
                .orElseThrow()
                .value();
    }

    private static Answer report(String name) throws IOException, SQLException {
        try (Duck duck = Duck.open(directory.resolve("spill"), 512)) {
            Question question = Question.report(directory, name, Map.of(Filter.FROM, FROM), Format.JSON);
            return new Answering(duck, RECORDS, question, Instant.parse("2026-11-27T00:00:00Z")).answer();
        }
    }

    private static String name(JsonNode record) {
        return record.path("registry").asText() + "/"
                + record.path("repository").asText();
    }
}
