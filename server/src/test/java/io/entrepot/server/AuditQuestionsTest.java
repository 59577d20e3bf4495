package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.audit.StoredLog;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An auditor asks a mirror that runs, and one that does not run any more. */
@Timeout(240)
class AuditQuestionsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TestImage IMAGE =
            ImageBuilder.image().seed(1).platform("linux/amd64").layer(70_000).build();

    private final FakeRegistry registry = FakeRegistry.builder().start();
    private final Commands commands = new Commands();

    @TempDir
    private Path dir;

    private Path exported;
    private TestConfig config;
    private Mirror mirror;

    @BeforeEach
    void start() throws Exception {
        registry.push("acme/app", "1", IMAGE);
        exported = dir.resolve("checkpoints.jsonl");
        config = TestConfig.under(dir, "upstreams: { docker.io: { url: \"" + registry.url() + "\", internal: true } }");
        String text = Files.readString(config.file());
        Files.writeString(
                config.file(),
                text.replace(
                        "segment-size: 1MiB",
                        "segment-size: 1MiB, checkpoints: [ { name: far, file: \"" + exported + "\" } ]"));
        mirror = config.start();
        get("manifests/1");
        get("blobs/" + IMAGE.layer(0).digest());
        get("manifests/none");
    }

    @AfterEach
    void stop() {
        mirror.close();
        registry.close();
    }

    private void get(String what) {
        RawHttp.get(URI.create("http://127.0.0.1:" + mirror.port() + "/v2/docker.io/acme/app/" + what));
    }

    private int run(String... words) {
        List<String> all = new ArrayList<>(List.of("audit"));
        all.addAll(List.of(words));
        all.addAll(List.of("--config", config.file().toString()));
        return commands.run(all.toArray(String[]::new));
    }

    private JsonNode answer(String... words) throws IOException {
        Path file = dir.resolve("answer");
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("-o", "json", "--file", file.toString()));
        assertThat(run(all.toArray(String[]::new))).as(commands.err()).isZero();
        return JSON.readTree(Files.readString(file));
    }

    private static List<String> column(JsonNode answer, String name) {
        List<String> all = new ArrayList<>();
        answer.path("rows").forEach(row -> all.add(row.path(name).asText()));
        return all;
    }

    @Test
    void recordsAreFoundByWhatStandsInThem() throws Exception {
        JsonNode refused = answer("query", "--verdict", "failed");
        JsonNode all = answer("query", "--type", "decision", "--oldest-first");

        assertThat(column(refused, "status")).containsExactly("404");
        assertThat(column(all, "verdict")).containsExactly("allow", "failed");
    }

    @Test
    void aQuestionIsOnRecordBeforeItsAnswer() throws Exception {
        JsonNode answer = answer("query", "--type", "audit.read");

        assertThat(column(answer, "type")).containsExactly("audit.read");
        assertThat(answer.toString()).contains("socket");
    }

    @Test
    void theSameAnswerComesFromAMirrorThatDoesNotRun() throws Exception {
        Await.until("the transfers are on record", () -> {
            try {
                return answer("query", "--type", "transfer").path("rows").size() == 2;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        JsonNode running = answer("report", "pulls");
        mirror.close();

        JsonNode stopped = answer("report", "pulls");

        assertThat(stopped.path("rows")).isEqualTo(running.path("rows"));
        assertThat(column(stopped, "outcome")).containsExactly("failed", "wholly");
        assertThat(running.toString()).contains("acme/app", IMAGE.digest().toString());
    }

    @Test
    void whatIsNoReportIsRefusedWithThoseThereAre() throws Exception {
        assertThat(run("report", "nonsense")).isEqualTo(2);
        assertThat(commands.err()).contains("nonsense", "pulls", "denials");
    }

    @Test
    void aLogIsBelievedByWhatWasSentElsewhere() throws Exception {
        mirror.close();
        assertThat(run("keys")).isZero();
        String key = commands.out().split(" ", -1)[0];

        assertThat(run("verify")).isEqualTo(4);
        assertThat(commands.out()).contains("UNANCHORED");
        assertThat(run("verify", "--key", key, "--checkpoint", exported.toString()))
                .as(commands.out() + commands.err())
                .isZero();
        assertThat(commands.out()).contains("ANCHORED").doesNotContain("UNANCHORED");
    }

    @Test
    void anotherKeySignsFromNowOnAndWhoeverKnowsTheFirstGoesOn() throws Exception {
        assertThat(run("keys")).isZero();
        String first = commands.out().split(" ", -1)[0];
        assertThat(run("keys", "--rotate")).as(commands.err()).isZero();
        assertThat(commands.out().lines()).hasSize(2);
        String second = commands.out().lines().toList().get(1).split(" ", -1)[0];
        get("manifests/1");
        mirror.close();

        for (String key : List.of(first, second)) {
            assertThat(run("verify", "--key", key, "--checkpoint", exported.toString()))
                    .as(key + " " + commands.out() + commands.err())
                    .isZero();
        }
        assertThat(column(answer("query", "--type", "key.rotated"), "type")).hasSize(1);
    }

    @Test
    void aLogThatWasChangedIsNot() throws Exception {
        mirror.close();
        change("\"verdict\":\"failed\"", "\"verdict\":\"allow_\"");

        assertThat(run("verify", "--checkpoint", exported.toString())).isEqualTo(1);
        assertThat(commands.out()).contains("DAMAGED");
    }

    /** As somebody would who can write the disk, and leaves the length as it was. */
    private void change(String before, String after) throws IOException {
        try (Stream<Path> files = Files.list(config.data().resolve("audit/journal"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".seg")).toList()) {
                String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
                if (bytes.contains(before)) {
                    Path changed = dir.resolve("changed");
                    Files.writeString(changed, bytes.replace(before, after), StandardCharsets.ISO_8859_1);
                    Files.move(changed, file, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    @Test
    void whoHasARecordAndItsProofNeedsNoLog() throws Exception {
        mirror.close();
        assertThat(run("keys")).isZero();
        String key = commands.out().split(" ", -1)[0];
        assertThat(run("proof", "1")).isZero();
        Path proof = Files.writeString(dir.resolve("1.tlog-proof"), commands.out());
        List<String> records = new ArrayList<>();
        StoredLog log = StoredLog.open(config.data().resolve("audit"));
        log.read(0, log.end(), (seq, record) -> records.add(new String(record, StandardCharsets.UTF_8)));
        Path right = Files.writeString(dir.resolve("right"), records.get(1) + "\n");
        Path wrong = Files.writeString(dir.resolve("wrong"), records.get(1).replace("1", "2"));

        assertThat(check(proof, right, key)).as(commands.err()).isZero();
        assertThat(commands.out()).startsWith("record 1 stands in the log ");
        assertThat(check(proof, wrong, key)).isEqualTo(1);
        assertThat(commands.err()).contains("is not record 1 of that log");
        assertThat(check(proof, right, key.replaceFirst("^[^+]*", "another"))).isEqualTo(2);
        assertThat(check(right, right, key)).isEqualTo(2);
    }

    private int check(Path proof, Path record, String key) {
        return commands.run("audit", "check-proof", proof.toString(), "--record", record.toString(), "--key", key);
    }

    @Test
    void aRecordIsProvedAndTheLogWrittenAsPlainFiles() throws Exception {
        mirror.close();

        assertThat(run("proof", "1")).as(commands.err()).isZero();
        assertThat(commands.out()).startsWith("c2sp.org/tlog-proof@v1\n").contains("index 1\n");
        assertThat(run("proof", "--grown-from", "1")).as(commands.err()).isZero();
        assertThat(commands.out()).startsWith("old 1\n");
        assertThat(run("proof", "--grown-from", "100000")).isEqualTo(2);
        assertThat(run("proof", "1", "--grown-from", "1")).isEqualTo(2);
        assertThat(run("proof")).isEqualTo(2);
        Path plain = dir.resolve("plain");
        assertThat(run("export", plain.toString())).as(commands.err()).isZero();
        assertThat(plain.resolve("checkpoint")).exists();
        try (Stream<Path> tiles = Files.list(plain.resolve("tile/entries"))) {
            assertThat(tiles.map(each -> each.getFileName().toString())).containsExactly("000.p");
        }
    }
}
