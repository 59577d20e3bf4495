package io.entrepot.server.audit.query.duck;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.audit.query.Answer;
import io.entrepot.server.audit.query.Filter;
import io.entrepot.server.audit.query.Format;
import io.entrepot.server.audit.query.ListedRecords;
import io.entrepot.server.audit.query.Question;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReportsTest {

    @TempDir
    private static Path directory;

    private static final ListedRecords RECORDS = ListedRecords.of(3, 6000, 5);

    static java.util.List<String> names() {
        return Report.NAMES;
    }

    @ParameterizedTest
    @MethodSource("names")
    void answersEveryReport(String name) throws Exception {
        try (Duck duck = Duck.open(directory.resolve("spill"), 512)) {
            Question question =
                    Question.report(directory, name, Map.of(Filter.FROM, "2026-09-01T00:00:00Z"), Format.TEXT);
            Answer answer =
                    new Answering(duck, RECORDS, question, java.time.Instant.EPOCH.plusSeconds(1800000000)).answer();

            assertThat(answer.rows())
                    .isNotEmpty()
                    .allSatisfy(row -> assertThat(row).hasSameSizeAs(answer.columns()));
            StringBuilder text = new StringBuilder();
            Format.TEXT.write(answer, 200, text);
            StringBuilder html = new StringBuilder();
            Format.HTML.write(answer, 0, html);
            java.nio.file.Files.writeString(Path.of("/tmp/q/html-" + name + ".html"), html);
        }
    }
}
