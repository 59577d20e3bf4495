package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.audit.query.ListedRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeriverTest {

    private static final String AT = "\"time\":\"2026-08-30T00:00:00.000001Z\"";

    @TempDir
    private Path directory;

    @Test
    void putsEachRecordIntoOneRow() throws IOException, SQLException {
        ListedRecords records = ListedRecords.of(1, 5000, 3);
        try (Duck duck = duck()) {
            assertThat(new Deriver(duck, directory, 200_000).derive(records)).isEqualTo(records.end());

            assertThat(duck.number("SELECT count(DISTINCT seq) FROM " + all())).isEqualTo(records.end());
            assertThat(duck.number("SELECT count(*) FROM " + all())).isEqualTo(records.end());
            assertThat(duck.number("SELECT count(*) FROM " + all()
                            + " WHERE strftime(time::TIMESTAMP, '%Y-%m-%d') <> date::VARCHAR OR time IS NULL"))
                    .isZero();
        }
    }

    @Test
    void goesOnWhereItEnded() throws IOException, SQLException {
        ListedRecords records = ListedRecords.of(1, 2000, 3);
        try (Duck duck = duck()) {
            Deriver deriver = new Deriver(duck, directory, 100_000);
            deriver.derive(records);
            records.add(("{\"seq\":" + records.end() + "," + AT + ",\"type\":\"stop\"}").getBytes(UTF_8));
            deriver.derive(records);

            assertThat(duck.number("SELECT count(*) FROM " + all())).isEqualTo(records.end());
            assertThat(duck.number("SELECT count(DISTINCT seq) FROM " + all())).isEqualTo(records.end());
        }
    }

    @Test
    void derivesAgainWhatNoMarkerVouchesFor() throws IOException, SQLException {
        ListedRecords records = ListedRecords.of(1, 2000, 3);
        try (Duck duck = duck()) {
            Deriver deriver = new Deriver(duck, directory, 100_000);
            deriver.derive(records);
            Files.writeString(directory.resolve("parquet/_derived"), "1000\n");
            Files.writeString(directory.resolve("parquet/date=2026-08-30/_new.parquet"), "half");
            deriver.derive(records);
            Files.delete(directory.resolve("parquet/_derived"));
            deriver.derive(records);

            assertThat(duck.number("SELECT count(*) FROM " + all())).isEqualTo(records.end());
            assertThat(duck.number("SELECT count(DISTINCT seq) FROM " + all())).isEqualTo(records.end());
        }
    }

    /** Nobody who moves the marker hides from questions what comes. */
    @Test
    void derivesAllAgainWhereTheMarkerIsOfNoRecordThatThereIs() throws IOException, SQLException {
        ListedRecords records = ListedRecords.of(1, 2000, 3);
        try (Duck duck = duck()) {
            Deriver deriver = new Deriver(duck, directory, 100_000);
            deriver.derive(records);
            Files.writeString(directory.resolve("parquet/_derived"), "999999999\n");

            assertThat(deriver.standing(records).next()).isZero();
            assertThat(deriver.derive(records)).isEqualTo(records.end());
            assertThat(duck.number("SELECT count(*) FROM " + all())).isEqualTo(records.end());
            assertThat(duck.number("SELECT count(DISTINCT seq) FROM " + all())).isEqualTo(records.end());
        }
    }

    @Test
    void keepsWhatWasPruned() throws IOException, SQLException {
        ListedRecords records = ListedRecords.of(1, 2000, 1);
        try (Duck duck = duck()) {
            Deriver deriver = new Deriver(duck, directory, 100_000);
            deriver.derive(records);
            records.forget(1500);
            records.add(("{\"seq\":" + records.end() + "," + AT + ",\"type\":\"stop\"}").getBytes(UTF_8));
            deriver.derive(records);

            assertThat(duck.number("SELECT count(DISTINCT seq) FROM " + all())).isEqualTo(records.end());
        }
    }

    @Test
    void saysWhichRecordsCannotBeRead() throws IOException, SQLException {
        ListedRecords records = new ListedRecords();
        records.add(("{\"seq\":0," + AT + ",\"type\":\"start\"}").getBytes(UTF_8));
        records.add("no json".getBytes(UTF_8));
        records.add(new byte[] {'{', '"', 's', (byte) 0xff});
        records.add(
                ("{\"seq\":3," + AT + ",\"type\":\"decision\",\"reason\":\"\\ud800 \\u0000 half\"}").getBytes(UTF_8));
        records.add(("{\"seq\":4," + AT + ",\"type\":\"decision\",\"status\":\"none\"}").getBytes(UTF_8));
        try (Duck duck = duck()) {
            new Deriver(duck, directory).derive(records);

            assertThat(duck.texts("SELECT type FROM " + all() + " ORDER BY seq"))
                    .containsExactly("start", "unreadable", "unreadable", "decision", "decision");
        }
    }

    @Test
    void mergesDaysThatAreOver() throws IOException, SQLException {
        ListedRecords records = ListedRecords.of(1, 6000, 3);
        try (Duck duck = duck()) {
            Deriver deriver = new Deriver(duck, directory, 50_000);
            deriver.derive(records);

            assertThat(deriver.records().parts().stream()
                            .filter(part -> part.day().equals("2026-08-30")))
                    .hasSize(1);
        }
    }

    @Test
    void keepsTheEdgesOfImages() throws IOException, SQLException {
        ListedRecords records = ListedRecords.of(1, 2000, 3);
        long images = records.all().stream()
                .filter(record -> Batch.type(record).equals("image"))
                .count();
        try (Duck duck = duck()) {
            new Deriver(duck, directory).derive(records);

            String edges = "read_parquet('" + directory + "/layers/*/*.parquet')";
            assertThat(duck.number("SELECT count(DISTINCT manifest) FROM " + edges))
                    .isEqualTo(images);
            assertThat(duck.texts("SELECT DISTINCT part FROM " + edges + " ORDER BY 1"))
                    .containsExactly("child", "config", "layer");
        }
    }

    private String all() {
        return "read_parquet('" + directory + "/parquet/*/*.parquet', hive_partitioning=true)";
    }

    private Duck duck() throws IOException, SQLException {
        return Duck.open(directory.resolve("spill"), 512);
    }
}
