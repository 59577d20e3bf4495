package io.entrepot.server.audit.query.duck;

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
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries, held against a plain reading of the same records. */
class QueriesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");
    private static final ListedRecords RECORDS = ListedRecords.of(5, 6000, 4);
    private static final List<JsonNode> PLAIN = new ArrayList<>();

    @TempDir
    private static Path directory;

    /** Most are derived; the last ones are not. */
    @BeforeAll
    static void derive() throws IOException, SQLException {
        for (byte[] record : RECORDS.all()) {
            PLAIN.add(JSON.readTree(record));
        }
        ListedRecords some = new ListedRecords();
        RECORDS.all().subList(0, 5500).forEach(some::add);
        try (Duck duck = Duck.open(directory.resolve("spill"), 512)) {
            new Deriver(duck, directory, 300_000).derive(some);
        }
    }

    @Test
    void findsByTime() throws Exception {
        assertFinds(
                Map.of(Filter.FROM, "2026-08-31T06:00:00Z", Filter.TO, "2026-09-01T00:00:00Z"),
                record -> record.path("time").asText().compareTo("2026-08-31T06") > 0
                        && record.path("time").asText().compareTo("2026-09-01") < 0);
    }

    @Test
    void findsByImageWithOrWithoutATag() throws Exception {
        String image = "docker.io/library/app0";
        assertFinds(Map.of(Filter.IMAGE, image), record -> name(record).equals(image));
        assertFinds(Map.of(Filter.IMAGE, "library/app0"), record -> name(record).equals(image));
        assertFinds(Map.of(Filter.IMAGE, "*/team-1/*"), record -> name(record).contains("/team-1/"));
        assertFinds(
                Map.of(Filter.IMAGE, image + ":latest"),
                record -> name(record).equals(image)
                        && (text(record, "tag").equals("latest")
                                || text(record, "forTag").equals("latest")));
    }

    @Test
    void findsByWhoAsked() throws Exception {
        assertFinds(
                Map.of(Filter.CLIENT, "10.20.0.7"),
                record -> text(record, "client").equals("10.20.0.7"));
        assertFinds(
                Map.of(Filter.NODE, "worker-1?.*"),
                record -> text(record, "node").matches("worker-1.\\..*"));
        assertFinds(
                Map.of(Filter.NAMESPACE, "ns-1"),
                record -> text(record, "namespace").equals("ns-1"));
        assertFinds(
                Map.of(Filter.PRINCIPAL, "node:worker-3.*"),
                record -> text(record, "principal").startsWith("node:worker-3."));
    }

    @Test
    void findsByWhatWasDecided() throws Exception {
        assertFinds(
                Map.of(Filter.VERDICT, "deny"),
                record -> text(record, "verdict").equals("deny"));
        assertFinds(
                Map.of(Filter.RULE, "no-latest"), record -> text(record, "rule").equals("no-latest"));
        assertFinds(Map.of(Filter.TYPE, "clock"), record -> text(record, "type").equals("clock"));
        assertFinds(
                Map.of(Filter.UPSTREAM, "quay.io", Filter.TYPE, "transfer"),
                record -> text(record, "type").equals("transfer")
                        && text(record, "upstream").equals("quay.io"));
        assertFinds(Map.of(Filter.SEQ, "17"), record -> record.path("seq").asLong() == 17);
    }

    @Test
    void findsADigestWhereverItStands() throws Exception {
        String index = PLAIN.stream()
                .map(record -> text(record, "root"))
                .filter(root -> !root.isEmpty())
                .findFirst()
                .orElseThrow();
        assertFinds(
                Map.of(Filter.DIGEST, index),
                record -> List.of(text(record, "digest"), text(record, "root"), text(record, "image"))
                        .contains(index));
    }

    @Test
    void findsEveryImageThatContainsALayer() throws Exception {
        JsonNode image = PLAIN.stream()
                .filter(record -> record.has("layers"))
                .findFirst()
                .orElseThrow();
        String layer = image.path("layers").path(0).path("digest").asText();
        Set<String> manifests = new HashSet<>();
        PLAIN.stream()
                .filter(record -> names(record, "layers", Set.of(layer)))
                .forEach(record -> manifests.add(text(record, "digest")));
        Set<String> all = new HashSet<>(manifests);
        all.add(layer);
        PLAIN.stream()
                .filter(record -> names(record, "children", manifests))
                .forEach(record -> all.add(text(record, "digest")));

        assertFinds(
                Map.of(Filter.LAYER, layer),
                record -> all.contains(text(record, "digest")) || manifests.contains(text(record, "image")));
    }

    @Test
    void givesTheFieldsOfRulesOnTrialAndOfWhatWasRefusedInBulkAsTheRecordHasThem() throws Exception {
        assertGives(Filter.VERDICT, "allow", "warned", "warned");
        assertGives(Filter.TYPE, "repeated", "of", "of_what");
    }

    private void assertGives(Filter filter, String value, String field, String column) throws Exception {
        Answer answer = ask(Question.query(directory, Map.of(filter, value), 10_000, Format.JSON)
                .page(10_000, -1, false));
        int at = answer.columns().stream().map(Answer.Column::name).toList().indexOf(column);
        Map<Object, JsonNode> given = new HashMap<>();
        for (List<Object> row : answer.rows()) {
            if (row.get(at) != null) {
                given.put(row.get(0), JSON.readTree(JSON.writeValueAsString(row.get(at))));
            }
        }
        Map<Object, JsonNode> plain = new HashMap<>();
        PLAIN.stream()
                .filter(record -> record.has(field))
                .forEach(record -> plain.put(record.path("seq").asLong(), record.get(field)));

        assertThat(given).isNotEmpty().isEqualTo(plain);
    }

    @Test
    void pagesInBothDirectionsWithoutLossOrRepetition() throws Exception {
        for (boolean newest : List.of(true, false)) {
            List<Long> seqs = new ArrayList<>();
            long after = -1;
            do {
                Answer page = ask(Question.query(directory, Map.of(Filter.CLIENT, "10.20.0.1"), 7, Format.JSON)
                        .page(7, after, newest));
                page.rows().forEach(row -> seqs.add((Long) row.get(0)));
                after = page.next();
            } while (after >= 0);
            List<Long> expected = seqs(record -> text(record, "client").equals("10.20.0.1"));
            if (newest) {
                Collections.reverse(expected);
            }
            assertThat(seqs).hasSizeGreaterThan(20).isEqualTo(expected);
        }
    }

    private void assertFinds(Map<Filter, String> filters, Predicate<JsonNode> plain) throws Exception {
        Answer answer =
                ask(Question.query(directory, filters, 10_000, Format.JSON).page(10_000, -1, false));
        List<Long> seqs = new ArrayList<>();
        answer.rows().forEach(row -> seqs.add((Long) row.get(0)));
        assertThat(seqs).as(filters.toString()).isNotEmpty().isEqualTo(seqs(plain));
    }

    private static List<Long> seqs(Predicate<JsonNode> plain) {
        return new ArrayList<>(PLAIN.stream()
                .filter(plain)
                .map(record -> record.path("seq").asLong())
                .toList());
    }

    private static boolean names(JsonNode record, String field, Set<String> digests) {
        for (JsonNode each : record.path(field)) {
            if (digests.contains(each.path("digest").asText())) {
                return true;
            }
        }
        return false;
    }

    private static String name(JsonNode record) {
        return text(record, "registry") + "/" + text(record, "repository");
    }

    private static String text(JsonNode record, String field) {
        return record.path(field).asText();
    }

    private static Answer ask(Question question) throws IOException, SQLException {
        try (Duck duck = Duck.open(directory.resolve("spill"), 512)) {
            return new Answering(duck, RECORDS, question, NOW).answer();
        }
    }
}
