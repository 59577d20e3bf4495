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
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found by way of terms, of single records and of few repositories is what is found by looking at everything. */
class NarrowedTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");
    private static final int ASKED = 60;
    private static final ListedRecords RECORDS = ListedRecords.of(23, 9000, 6);
    private static final List<JsonNode> PLAIN = new ArrayList<>();

    /** Days that are over, one that is not, and records that are not derived. */
    @TempDir
    private static Path derived;

    /** Nothing is derived: all is one table. */
    @TempDir
    private static Path plain;

    private final SplittableRandom random = new SplittableRandom(41);

    @BeforeAll
    static void derive() throws IOException, SQLException {
        for (byte[] record : RECORDS.all()) {
            PLAIN.add(JSON.readTree(record));
        }
        ListedRecords some = new ListedRecords();
        RECORDS.all().subList(0, 8600).forEach(some::add);
        try (Duck duck = duck(derived)) {
            new Deriver(duck, derived, 500_000).derive(some);
        }
    }

    @Test
    void daysThatAreOverHaveTerms() throws Exception {
        Terms terms = Terms.open(derived.resolve("parquet/_terms"));
        List<ParquetFiles.Part> parts = new ParquetFiles(derived.resolve("parquet")).parts();
        String last = parts.get(parts.size() - 1).day();

        assertThat(parts)
                .allSatisfy(part -> assertThat(terms.knows("parquet", part))
                        .isEqualTo(!part.day().equals(last)));
        assertThat(parts.stream().filter(part -> terms.knows("parquet", part))).hasSizeGreaterThan(3);
    }

    @Test
    void everyPageIsTheSame() throws Exception {
        int found = 0;
        for (int i = 0; i < ASKED; i++) {
            Question question = Question.query(derived, filters(), 1, Format.JSON)
                    .page(random.nextInt(1, 60), after(), random.nextBoolean());
            Answer narrowed = ask(question);
            Answer whole = ask(in(plain, question));

            assertThat(narrowed.rows()).as(question.toString()).isEqualTo(whole.rows());
            assertThat(narrowed.next()).as(question.toString()).isEqualTo(whole.next());
            found += narrowed.rows().size();
        }
        assertThat(found).isGreaterThan(ASKED);
    }

    @Test
    void theSamePullsAreFoundByDigestAsAmongAll() throws Exception {
        List<List<Object>> all = rows("pulls", Map.of());
        for (int i = 0; i < 12; i++) {
            String root = value("root");
            List<List<Object>> expected =
                    all.stream().filter(row -> root.equals(row.get(3))).toList();

            assertThat(rows("pulls", Map.of(Filter.DIGEST, root))).as(root).isEqualTo(expected);
        }
    }

    @Test
    void theSameImagesAreOnNodesByDigestAndLayerAsAmongAll() throws Exception {
        List<List<Object>> all = rows("inventory", Map.of());
        for (int i = 0; i < 12; i++) {
            JsonNode manifest = manifest();
            String image = manifest.path("digest").asText();
            String layer = manifest.path("layers").path(0).path("digest").asText();
            List<String> with = PLAIN.stream()
                    .filter(record ->
                            record.path("layers").findValuesAsText("digest").contains(layer))
                    .map(record -> record.path("digest").asText())
                    .toList();
            List<String> above = PLAIN.stream()
                    .filter(record -> record.path("children").findValuesAsText("digest").stream()
                            .anyMatch(with::contains))
                    .map(record -> record.path("digest").asText())
                    .toList();

            assertThat(rows("inventory", Map.of(Filter.DIGEST, image)))
                    .as(image)
                    .isEqualTo(all.stream()
                            .filter(row -> image.equals(row.get(4)) || image.equals(row.get(5)))
                            .toList());
            assertThat(pulls(Map.of(Filter.LAYER, layer)))
                    .as(layer)
                    .isEqualTo(rows("pulls", Map.of()).stream()
                            .filter(row -> above.contains(row.get(3)) || with.contains(row.get(3)))
                            .toList());
        }
    }

    @Test
    void everyReportIsTheSameWithoutTerms(@TempDir Path other) throws Exception {
        copy(derived, other);
        Files.delete(other.resolve("parquet/_terms"));
        for (String name : Report.NAMES) {
            for (int i = 0; i < 4; i++) {
                Question question = Question.report(derived, name, filters(), Format.JSON);
                Answer narrowed = ask(question);
                Answer whole = ask(in(other, question));

                assertThat(narrowed.rows()).as(question.toString()).isEqualTo(whole.rows());
                assertThat(narrowed.figures()).as(question.toString()).isEqualTo(whole.figures());
                assertThat(narrowed.charts()).as(question.toString()).isEqualTo(whole.charts());
            }
        }
    }

    /** Up to three filters, with values that stand in some record, or nearly. */
    private Map<Filter, String> filters() {
        Map<Filter, String> filters = new EnumMap<>(Filter.class);
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            switch (random.nextInt(13)) {
                case 0 -> filters.put(Filter.DIGEST, value(random.nextBoolean() ? "digest" : "root"));
                case 1 -> filters.put(Filter.DIGEST, value("image"));
                case 2 ->
                    filters.put(
                            Filter.LAYER,
                            manifest().path("layers").path(0).path("digest").asText());
                case 3 -> filters.put(Filter.CLIENT, value("client"));
                case 4 -> filters.put(Filter.NODE, random.nextBoolean() ? value("node") : "worker-1*");
                case 5 -> filters.put(Filter.NAMESPACE, value("namespace"));
                case 6 -> filters.put(Filter.PRINCIPAL, value("principal"));
                case 7 -> filters.put(Filter.VERDICT, value("verdict"));
                case 8 -> filters.put(Filter.TAG, random.nextBoolean() ? value("tag") : "1.*");
                case 9 -> filters.put(Filter.IMAGE, image());
                case 10 -> filters.put(Filter.TYPE, value("type"));
                case 11 -> filters.put(Filter.FROM, value("time"));
                default -> filters.put(Filter.TO, value("time"));
            }
        }
        return filters;
    }

    private String image() {
        JsonNode record = having("repository");
        String name = record.path("registry").asText() + "/"
                + record.path("repository").asText();
        return switch (random.nextInt(3)) {
            case 0 -> name;
            case 1 -> name + ":" + record.path("tag").asText("latest");
            default -> "*/" + name.substring(name.lastIndexOf('/') + 1);
        };
    }

    private long after() {
        return random.nextInt(3) == 0 ? random.nextLong(PLAIN.size()) : -1;
    }

    private String value(String field) {
        return having(field).path(field).asText();
    }

    private JsonNode having(String field) {
        JsonNode record = PLAIN.get(random.nextInt(PLAIN.size()));
        while (!record.has(field)) {
            record = PLAIN.get(random.nextInt(PLAIN.size()));
        }
        return record;
    }

    private JsonNode manifest() {
        return having("layers");
    }

    private static List<List<Object>> pulls(Map<Filter, String> filters) throws Exception {
        return rows("pulls", filters);
    }

    private static List<List<Object>> rows(String report, Map<Filter, String> filters) throws Exception {
        List<List<Object>> rows = new ArrayList<>();
        ask(Question.report(derived, report, filters, Format.JSON))
                .rows()
                .forEach(row -> rows.add(new ArrayList<>(row)));
        return rows;
    }

    private static Question in(Path directory, Question question) {
        return new Question(
                question.kind(),
                directory,
                question.name(),
                question.filters(),
                question.options(),
                question.teams(),
                question.limit(),
                question.after(),
                question.newest(),
                question.format(),
                question.width());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(Objects.requireNonNull(target.getParent()));
                Files.copy(file, target);
            }
        }
    }

    private static Answer ask(Question question) throws IOException, SQLException {
        try (Duck duck = duck(question.directory())) {
            return new Answering(duck, RECORDS, question, NOW).answer();
        }
    }

    private static Duck duck(Path directory) throws IOException, SQLException {
        return Duck.open(directory.resolve("spill"), 512);
    }
}
