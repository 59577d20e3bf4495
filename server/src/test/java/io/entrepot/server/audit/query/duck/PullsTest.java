package io.entrepot.server.audit.query.duck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.audit.query.Answer;
import io.entrepot.server.audit.query.Format;
import io.entrepot.server.audit.query.ListedRecords;
import io.entrepot.server.audit.query.Question;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is one pull, and what came of it. */
class PullsTest {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    @TempDir
    private Path directory;

    private static final int HOUR = 3600;
    private static final int DAY = 24 * HOUR;

    private final ListedRecords records = new ListedRecords();
    private long second;

    @Test
    void aTagItsIndexAndItsImageAreOnePull() throws Exception {
        asked("HEAD", "allow", "\"tag\":\"1\",\"digest\":\"sha256:i\",\"mediaType\":\"" + INDEX + "\"");
        asked("GET", "allow", "\"digest\":\"sha256:i\",\"forTag\":\"1\",\"mediaType\":\"" + INDEX + "\"");
        long manifest = asked("GET", "allow", "\"digest\":\"sha256:m\",\"forTag\":\"1\",\"root\":\"sha256:i\"");
        sent(manifest, "sha256:l1", true, 10);
        sent(manifest, "sha256:l2", true, 10);

        assertThat(pulls()).containsExactly("1 sha256:i wholly 2 blobs 1 tries");
    }

    @Test
    void attemptsWithSeveralSecretsAreOne() throws Exception {
        asked("HEAD", "deny", "\"tag\":\"1\"");
        asked("HEAD", "failed", "\"tag\":\"1\"");
        asked("HEAD", "allow", "\"tag\":\"1\",\"digest\":\"sha256:i\",\"mediaType\":\"" + INDEX + "\"");

        assertThat(pulls()).containsExactly("1 sha256:i checked 0 blobs 3 tries");
    }

    @Test
    void whatIsGivenAfterARefusalIsAnotherPull() throws Exception {
        asked("HEAD", "deny", "\"tag\":\"1\"");
        second += 60;
        asked("HEAD", "deny", "\"tag\":\"1\"");
        second += 60;
        asked("HEAD", "allow", "\"tag\":\"1\",\"digest\":\"sha256:i\",\"mediaType\":\"" + INDEX + "\"");

        assertThat(pulls()).containsExactly("1 null refused 0 blobs 2 tries", "1 sha256:i checked 0 blobs 1 tries");
    }

    @Test
    void eachCheckIsAPull() throws Exception {
        for (int i = 0; i < 3; i++) {
            asked("HEAD", "allow", "\"tag\":\"1\",\"digest\":\"sha256:i\"");
        }

        assertThat(pulls()).hasSize(3);
    }

    @Test
    void aHeadAndTheGetBehindItAreOneAndTwoGetsAreTwo() throws Exception {
        asked("HEAD", "allow", "\"tag\":\"1\",\"digest\":\"sha256:m\"");
        asked("GET", "allow", "\"tag\":\"1\",\"digest\":\"sha256:m\"");
        asked("GET", "allow", "\"tag\":\"1\",\"digest\":\"sha256:m\"");

        assertThat(pulls()).hasSize(2);
    }

    @Test
    void aBlobThatBrokeOffMakesItPartlyUnlessItWasContinued() throws Exception {
        long one = asked("GET", "allow", "\"tag\":\"1\",\"digest\":\"sha256:m\"");
        sent(one, "sha256:l1", false, 5);
        sent(one, "sha256:l2", true, 10);
        long two = asked("GET", "allow", "\"tag\":\"2\",\"digest\":\"sha256:m\"");
        sent(two, "sha256:l1", false, 5);
        sent(two, "sha256:l1", true, 5);
        long three = asked("GET", "allow", "\"tag\":\"3\",\"digest\":\"sha256:m\"");
        sent(three, "sha256:l1", true, 5);

        assertThat(pulls())
                .containsExactly(
                        "1 sha256:m partly 2 blobs 1 tries",
                        "2 sha256:m wholly 1 blobs 1 tries",
                        "3 sha256:m partly 1 blobs 1 tries");
    }

    @Test
    void pullsAroundMidnightAreCountedOnceWhenTheDayIsGathered() throws Exception {
        second = 86_400 - 30;
        asked("HEAD", "allow", "\"tag\":\"1\",\"digest\":\"sha256:i\",\"mediaType\":\"" + INDEX + "\"");
        second += 60;
        long manifest = asked("GET", "allow", "\"digest\":\"sha256:m\",\"forTag\":\"1\",\"root\":\"sha256:i\"");
        sent(manifest, "sha256:l1", true, 10);
        second += 4 * HOUR;
        asked("HEAD", "allow", "\"tag\":\"9\",\"digest\":\"sha256:i\"");

        assertPulls("1 sha256:i wholly 1 blobs 1 tries", "9 sha256:i checked 0 blobs 1 tries");
        assertThat(gathered()).containsExactly("2026-08-30");
    }

    /** A pod that cannot start asks again every five minutes. */
    @Test
    void whatIsRefusedForDaysIsAPullOfEachDay() throws Exception {
        second = 22 * HOUR;
        while (second < 3 * DAY + 12 * HOUR) {
            asked("HEAD", "deny", "\"tag\":\"1\"");
            second += 299;
        }

        assertPulls(
                "1 null refused 0 blobs 36 tries",
                "1 null refused 0 blobs 288 tries",
                "1 null refused 0 blobs 288 tries",
                "1 null refused 0 blobs 132 tries");
        assertThat(gathered()).containsExactly("2026-08-30", "2026-08-31", "2026-09-01");
    }

    /** A transfer is on record when it ends. */
    @Test
    void whatEndsLongAfterItsRequestIsAPullOfItsOwnOnThatDay() throws Exception {
        second = DAY - 60;
        long manifest = asked("GET", "allow", "\"tag\":\"1\",\"digest\":\"sha256:m\"");
        second += 2 * HOUR - 60;
        late(manifest, "sha256:l1");
        second += 2 * HOUR;
        late(manifest, "sha256:l2");
        late(manifest, "sha256:l3");
        second += DAY;
        late(manifest, "sha256:l2");
        second += DAY;
        asked("HEAD", "allow", "\"tag\":\"9\",\"digest\":\"sha256:i\"");

        assertPulls(
                "1 sha256:m wholly 1 blobs 1 tries",
                "1 sha256:m wholly 2 blobs 0 tries",
                "1 sha256:m wholly 1 blobs 0 tries",
                "9 sha256:i checked 0 blobs 1 tries");
        assertThat(gathered()).containsExactly("2026-08-30", "2026-08-31", "2026-09-01");
    }

    private void late(long decision, String digest) {
        sent(decision, digest, true, 10, ",\"forTag\":\"1\",\"image\":\"sha256:m\"");
    }

    /** These, before pulls of days that are over are gathered, and after it. */
    private void assertPulls(String... expected) throws Exception {
        assertThat(pulls()).containsExactly(expected);
        try (Duck duck = Duck.open(directory.resolve("spill"), 256)) {
            new Deriver(duck, directory).derive(records);
        }
        assertThat(pulls()).containsExactly(expected);
    }

    private List<String> gathered() throws IOException {
        return new ParquetFiles(directory.resolve("pulls"))
                .parts().stream().map(ParquetFiles.Part::day).toList();
    }

    private List<String> pulls() throws Exception {
        try (Duck duck = Duck.open(directory.resolve("spill"), 256)) {
            Question question = Question.report(directory, "pulls", Map.of(), Format.JSON);
            Answer answer = new Answering(duck, records, question, Instant.parse("2026-11-27T00:00:00Z")).answer();
            List<String> lines = new ArrayList<>();
            answer.rows()
                    .forEach(row -> lines.add(
                            0,
                            row.get(2) + " " + row.get(3) + " " + row.get(4) + " " + row.get(11) + " blobs "
                                    + row.get(10) + " tries"));
            return lines;
        }
    }

    private long asked(String method, String verdict, String fields) {
        return add("\"type\":\"decision\",\"verdict\":\"" + verdict + "\",\"kind\":\"manifest\",\"method\":\"" + method
                + "\",\"registry\":\"docker.io\",\"repository\":\"library/a\",\"client\":\"10.0.0.1\"," + fields);
    }

    /** Of ten bytes, so many. */
    private void sent(long decision, String digest, boolean complete, int bytes) {
        sent(decision, digest, complete, bytes, "");
    }

    private void sent(long decision, String digest, boolean complete, int bytes, String fields) {
        add("\"type\":\"transfer\",\"decision\":" + decision
                + ",\"kind\":\"blob\",\"registry\":\"docker.io\",\"repository\":\"library/a\"," + "\"digest\":\""
                + digest + "\",\"size\":10,\"client\":\"10.0.0.1\",\"bytes\":" + bytes + ",\"complete\":" + complete
                + ",\"ms\":1" + fields);
    }

    private long add(String fields) {
        Instant time = Instant.parse("2026-08-30T00:00:00Z").plusSeconds(second++);
        long seq = records.end();
        records.add(
                ("{\"seq\":" + seq + ",\"time\":\"" + time.toString().replace("Z", ".000000Z") + "\"," + fields + "}")
                        .getBytes(UTF_8));
        return seq;
    }
}
