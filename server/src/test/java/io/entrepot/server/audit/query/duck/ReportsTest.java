package io.entrepot.server.audit.query.duck;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.audit.query.Answer;
import io.entrepot.server.audit.query.Filter;
import io.entrepot.server.audit.query.Format;
import io.entrepot.server.audit.query.ListedRecords;
import io.entrepot.server.audit.query.Question;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
}
