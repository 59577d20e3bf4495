package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.server.audit.query.Filter;
import io.entrepot.server.audit.query.Format;
import io.entrepot.server.audit.query.LineFiles;
import io.entrepot.server.audit.query.QueryProcess;
import io.entrepot.server.audit.query.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process, as the mirror starts it. */
class QueryProcessTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final Path DUCK = Path.of("target/lib/duckdb");

    @TempDir
    private Path directory;

    @Test
    void derivesAndAnswersAndLeavesNothingBehind() throws Exception {
        LineFiles.write(directory, 1, 2000, 2);
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        QueryProcess process =
                new QueryProcess(QueryProcess.java(TestChild.class.getName(), DUCK, temporary, 256), LONG);

        assertThat(JSON.readTree(process.ask(Question.derive(directory)))
                        .path("rows")
                        .path(0)
                        .path("next")
                        .asLong())
                .isEqualTo(new LineFiles(directory).end());
        assertThat(JSON.readTree(process.ask(Question.query(directory, Map.of(Filter.SEQ, "7"), 10, Format.JSON)))
                        .path("rows"))
                .hasSize(1);
        assertThat(new String(process.ask(Question.report(directory, "top", Map.of(), Format.HTML)), UTF_8))
                .startsWith("<!DOCTYPE html>");
        assertThat(files(temporary)).isEmpty();
        assertThat(files(directory.resolve("parquet/_spill"))).isEmpty();
    }

    @Test
    void asksTheSameProcessAgainAndAnotherOneWhenThatIsGone() throws Exception {
        LineFiles.write(directory, 1, 200, 1);
        Question question = Question.query(directory, Map.of(Filter.SEQ, "7"), 10, Format.JSON);
        try (QueryProcess process = process(List.of())) {
            JsonNode first = rows(process, question);
            List<ProcessHandle> asked = children();
            assertThat(first).hasSize(1);
            assertThat(rows(process, question)).isEqualTo(first);
            assertThat(children()).isEqualTo(asked);

            asked.forEach(ProcessHandle::destroyForcibly);
            asked.forEach(child -> child.onExit().join());
            assertThat(rows(process, question)).isEqualTo(first);
            assertThat(children()).hasSameSizeAs(asked).isNotEqualTo(asked);
        }
    }

    @Test
    void aWrongQuestionEndsNothing() throws Exception {
        LineFiles.write(directory, 1, 200, 1);
        try (QueryProcess process = process(List.of())) {
            process.ask(Question.query(directory, Map.of(Filter.SEQ, "7"), 10, Format.JSON));
            List<ProcessHandle> asked = children();
            assertThatThrownBy(() -> process.ask(Question.report(directory, "nothing", Map.of(), Format.JSON)))
                    .hasMessageStartingWith("report: nothing");
            process.ask(Question.query(directory, Map.of(Filter.SEQ, "8"), 10, Format.JSON));

            assertThat(children()).isEqualTo(asked);
        }
    }

    @Test
    void answersAlsoWhereTheProcessEndsWhenNobodyAsks() throws Exception {
        LineFiles.write(directory, 1, 200, 1);
        Question question = Question.query(directory, Map.of(Filter.SEQ, "7"), 10, Format.JSON);
        // after a millisecond: it is gone, or goes while it is asked
        try (QueryProcess process = process(List.of("1"))) {
            for (int i = 0; i < 5; i++) {
                assertThat(process.ask(question)).isNotEmpty();
            }
        }
    }

    private QueryProcess process(List<String> arguments) {
        List<String> command = new ArrayList<>(QueryProcess.java(TestChild.class.getName(), DUCK, directory, 256));
        command.addAll(arguments);
        return new QueryProcess(command, LONG);
    }

    private static JsonNode rows(QueryProcess process, Question question) throws Exception {
        return JSON.readTree(process.ask(question)).path("rows");
    }

    private List<ProcessHandle> children() {
        return ProcessHandle.current()
                .children()
                .filter(child ->
                        child.isAlive() && child.info().commandLine().orElse("").contains(directory.toString()))
                .toList();
    }

    @Test
    void saysWhatIsWrongWithAQuestion() {
        QueryProcess process =
                new QueryProcess(QueryProcess.java(TestChild.class.getName(), DUCK, directory, 256), LONG);

        assertThatThrownBy(() -> process.ask(Question.report(directory, "nothing", Map.of(), Format.JSON)))
                .hasMessageStartingWith("report: nothing (expected: one of pulls, holders")
                .asInstanceOf(InstanceOfAssertFactories.type(QueryProcess.Failed.class))
                .extracting(QueryProcess.Failed::code)
                .isEqualTo(2);
    }

    @Test
    void saysThatDuckDbIsMissing() {
        List<String> without = QueryProcess.java(TestChild.class.getName(), directory, directory, 256).stream()
                .map(word -> word.replaceAll("[^:]*/duckdb/classes", ""))
                .toList();

        assertThatThrownBy(() -> new QueryProcess(without, LONG).ask(Question.derive(directory)))
                .hasMessageStartingWith("DuckDB is missing")
                .asInstanceOf(InstanceOfAssertFactories.type(QueryProcess.Failed.class))
                .extracting(QueryProcess.Failed::code)
                .isEqualTo(3);
    }

    @Test
    void endsWhatTakesTooLong() {
        QueryProcess process = new QueryProcess(List.of("sleep", "3600"), Duration.ofMillis(50));

        assertThatThrownBy(() -> process.ask(Question.derive(directory)))
                .asInstanceOf(InstanceOfAssertFactories.type(QueryProcess.Failed.class))
                .extracting(QueryProcess.Failed::code)
                .isEqualTo(124);
        assertThat(ProcessHandle.current()
                        .children()
                        .filter(child -> child.info().commandLine().orElse("").contains("sleep 3600")))
                .allMatch(child -> !child.isAlive()
                        || child.onExit().thenApply(gone -> true).join());
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
