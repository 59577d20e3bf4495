package io.entrepot.server.audit.query.duck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.server.audit.query.Answer;
import io.entrepot.server.audit.query.Filter;
import io.entrepot.server.audit.query.Format;
import io.entrepot.server.audit.query.ListedRecords;
import io.entrepot.server.audit.query.Question;
import io.entrepot.server.audit.query.Records;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that has answered before says the same as one that has not, whatever came meanwhile. */
class TailTest {

    private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");
    private static final ListedRecords ALL = ListedRecords.of(11, 3000, 3);
    private static final int DERIVED = 2000;

    @TempDir
    private Path directory;

    private final ListedRecords log = new ListedRecords();
    private List<Question> questions = List.of();

    @BeforeEach
    void derive() throws Exception {
        grow(DERIVED);
        try (Duck duck = open()) {
            new Deriver(duck, directory, 300_000).derive(log);
        }
        ObjectMapper json = new ObjectMapper();
        List<String> digests = new ArrayList<>();
        for (byte[] record : ALL.all()) {
            String digest = json.readTree(record).path("digest").asText();
            if (!digest.isEmpty() && !digests.contains(digest)) {
                digests.add(digest);
            }
        }
        String late = digests.get(digests.size() - 1);
        questions = List.of(
                Question.query(directory, Map.of(Filter.DIGEST, late), 100, Format.JSON),
                Question.query(directory, Map.of(Filter.CLIENT, "10.20.0.7"), 100, Format.JSON),
                Question.query(directory, Map.of(Filter.LAYER, late), 100, Format.JSON),
                Question.query(directory, Map.of(), 1000, Format.JSON),
                Question.report(directory, "pulls", Map.of(), Format.JSON).page(1000, -1, true),
                Question.report(directory, "holders", Map.of(), Format.JSON).page(1000, -1, true),
                Question.query(directory, Map.of(Filter.DIGEST, digests.get(0)), 100, Format.JSON));
    }

    private void grow(int to) {
        ALL.all().subList(log.all().size(), to).forEach(log::add);
    }

    private Duck open() throws Exception {
        return Duck.open(directory.resolve("parquet/_spill"), 512);
    }

    private static Answer answer(Duck duck, Records records, Question question) throws Exception {
        try (Duck session = duck.session()) {
            return new Answering(session, records, question, NOW).answer();
        }
    }

    private void assertSame(Duck known) throws Exception {
        for (Question question : questions) {
            List<?> rows = answer(known, log, question).rows();
            try (Duck fresh = open()) {
                assertThat(rows)
                        .as("%s %s %s at %d", question.kind(), question.name(), question.filters(), log.end())
                        .isEqualTo(answer(fresh, log, question).rows());
            }
        }
    }

    @Test
    void saysTheSameWhileTheLogGrows() throws Exception {
        try (Duck known = open()) {
            for (int end : List.of(DERIVED, DERIVED + 1, 2100, 2100, 2101, 2600, 3000)) {
                grow(end);
                assertSame(known);
            }
            assertThat(known.number("SELECT count(*) FROM tail")).isEqualTo(1000);
        }
    }

    @Test
    void saysTheSameAfterSomeWereDerivedByAnotherAndSomePruned() throws Exception {
        grow(2500);
        try (Duck known = open()) {
            assertSame(known);
            try (Duck other = open()) {
                new Deriver(other, directory, 300_000).derive(log);
            }
            assertSame(known);
            assertThat(known.number("SELECT count(*) FROM tail")).isZero();
            grow(2700);
            log.forget(2600);
            assertSame(known);
            assertThat(known.number("SELECT count(*) FROM tail")).isEqualTo(100);
        }
    }

    @Test
    void readsOnlyWhatCameSince() throws Exception {
        grow(2500);
        try (Duck known = open()) {
            answer(known, log, questions.get(4));
            List<Long> read = new ArrayList<>();
            grow(2503);

            for (Question question : List.of(questions.get(4), questions.get(3))) {
                answer(known, new Watched(log, read), question);
            }

            assertThat(read)
                    .startsWith(2500L, 2501L, 2502L)
                    .filteredOn(seq -> seq >= DERIVED)
                    .doesNotContain(2000L, 2499L);
        }
    }

    @Test
    void whatOneQuestionMadeIsNotThereForTheNext() throws Exception {
        try (Duck known = open()) {
            try (Duck session = known.session()) {
                session.run("CREATE TEMP TABLE pulls AS SELECT 1 AS mine");
            }
            assertThatThrownBy(() -> known.number("SELECT count(*) FROM pulls")).isInstanceOf(SQLException.class);
        }
    }

    /** Says which records were read. */
    private record Watched(Records records, List<Long> read) implements Records {

        @Override
        public long first() throws IOException {
            return records.first();
        }

        @Override
        public long end() throws IOException {
            return records.end();
        }

        @Override
        public long sealed() throws IOException {
            return records.sealed();
        }

        @Override
        public void read(long from, long to, Reader reader) throws IOException {
            records.read(from, to, (seq, record) -> {
                read.add(seq);
                reader.accept(seq, record);
            });
        }
    }
}
