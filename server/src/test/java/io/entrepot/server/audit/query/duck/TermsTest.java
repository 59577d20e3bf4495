package io.entrepot.server.audit.query.duck;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.audit.query.ListedRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TermsTest {

    @TempDir
    private Path directory;

    private final ListedRecords records = ListedRecords.of(3, 4000, 4);

    @Test
    void countsTheRowsOfEachDayThatHaveAValue() throws IOException, SQLException {
        try (Duck duck = duck()) {
            Deriver deriver = derived(duck);
            Term client = new Term(Term.Field.CLIENT, "10.20.0.1");
            Term nobody = new Term(Term.Field.CLIENT, "10.99.0.1");
            Terms terms = terms();
            List<ParquetFiles.Part> parts = deriver.records().parts();

            for (ParquetFiles.Part part : parts.subList(0, parts.size() - 1)) {
                long rows = duck.number(
                        "SELECT count(*) FROM " + Deriver.parquet(List.of(part)) + " WHERE client = '10.20.0.1'");
                assertThat(terms.atMost("parquet", List.of(part), List.of(List.of(client))))
                        .containsOnly(Map.entry(part, rows));
                assertThat(terms.narrow("parquet", List.of(part), List.of(List.of(client), List.of(nobody))))
                        .isEmpty();
            }
        }
    }

    @Test
    void goesOnWithDaysThatWereAddedAndForgetsThoseThatAreGone() throws IOException, SQLException {
        try (Duck duck = duck()) {
            Deriver deriver = derived(duck);
            List<String> whole = terms().lines();
            ParquetFiles.Part first = deriver.records().parts().get(0);
            Path aside = directory.resolve("aside");
            Files.move(first.path(), aside);
            deriver.derive(records);

            assertThat(terms().knows("parquet", first)).isFalse();
            assertThat(terms().lines()).hasSize(whole.size() - 1);

            Files.move(aside, first.path());
            deriver.derive(records);

            assertThat(terms().lines()).containsExactlyInAnyOrderElementsOf(whole);
            assertThat(entries()).isEqualTo(entriesOfAll(duck, deriver));
        }
    }

    @Test
    void aFileThatIsNoneKnowsOfNothing() throws IOException, SQLException {
        try (Duck duck = duck()) {
            Deriver deriver = derived(duck);
            ParquetFiles.Part first = deriver.records().parts().get(0);
            for (String text : List.of("", "entrepot terms 9\n", "entrepot terms 1\nparquet", "x".repeat(4000))) {
                Files.writeString(directory.resolve("parquet/_terms"), text);

                assertThat(terms().knows("parquet", first)).as(text).isFalse();
            }
            deriver.derive(records);

            assertThat(terms().knows("parquet", first)).isTrue();
        }
    }

    private long entries() throws IOException {
        return terms().entries().limit();
    }

    private long entriesOfAll(Duck duck, Deriver deriver) throws IOException, SQLException {
        Files.delete(directory.resolve("parquet/_terms"));
        deriver.derive(records);
        return entries();
    }

    private Deriver derived(Duck duck) throws IOException, SQLException {
        Deriver deriver = new Deriver(duck, directory, 300_000);
        deriver.derive(records);
        return deriver;
    }

    private Terms terms() throws IOException {
        return Terms.open(directory.resolve("parquet/_terms"));
    }

    private Duck duck() throws IOException, SQLException {
        return Duck.open(directory.resolve("spill"), 512);
    }
}
