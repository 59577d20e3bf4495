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
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the records of pulls say of the rule, the part that was asked for, and the node. */
@Timeout(120)
class AuditFieldsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TestImage IMAGE =
            ImageBuilder.image().seed(1).platform("linux/amd64").layer(70_000).build();

    private final FakeRegistry registry = FakeRegistry.builder().start();

    @TempDir
    private Path dir;

    @AfterEach
    void stop() {
        registry.close();
    }

    private Mirror mirror(String audit, String policy) throws Exception {
        registry.push("acme/app", "1", IMAGE);
        registry.push("acme/app", "2", IMAGE);
        TestConfig config = TestConfig.under(
                dir, "upstreams: { docker.io: { url: \"" + registry.url() + "\", internal: true } }", policy);
        String text = Files.readString(config.file());
        Files.writeString(config.file(), text.replace("segment-size: 1MiB", "segment-size: 1MiB, " + audit));
        return config.start();
    }

    private static RawHttp.Response get(Mirror mirror, String what, String... headers) {
        return RawHttp.get(URI.create("http://127.0.0.1:" + mirror.port() + "/v2/docker.io/acme/app/" + what), headers);
    }

    private List<JsonNode> records(String type) {
        try {
            List<JsonNode> all = new ArrayList<>();
            StoredLog log = StoredLog.open(dir.resolve("data/audit"));
            log.read(log.first(), log.end(), (seq, record) -> all.add(JSON.readTree(record)));
            all.removeIf(record -> !record.path("type").asText().equals(type));
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> texts(List<JsonNode> records, String field) {
        return records.stream().map(record -> record.path(field).asText()).toList();
    }

    @Test
    void sayByWhichRuleInWhichModeAndWhichPartWasAskedFor() throws Exception {
        String rules = """
                policy:
                  rules:
                    - { name: soon, mode: warn, match: { tags: ["1"] }, require: { digest: true } }
                    - { name: all, match: { repositories: ["docker.io/acme/*"] }, require: { max-size: 1GiB } }
                """;
        String layer = "blobs/" + IMAGE.layer(0).digest();
        try (Mirror mirror = mirror("keep: 0s", rules)) {
            get(mirror, "manifests/1");
            get(mirror, "manifests/2");
            get(mirror, layer);
            get(mirror, layer, "Range: bytes=10-19");
            get(mirror, layer, "Range: bytes=-5,0-3");
            Await.until("the transfers are on record", () -> records("transfer").size() == 5);

            List<JsonNode> decisions = records("decision");
            assertThat(texts(decisions, "rule")).startsWith("soon", "all");
            assertThat(texts(decisions, "mode")).startsWith("warn", "enforce");
            assertThat(texts(records("transfer"), "range"))
                    .containsExactlyInAnyOrder("", "", "", "10-19", "69995-69999,0-3");
        }
    }

    @Test
    void sayOfWhatWasRefusedForWhatItIsWhichDigestItWas() throws Exception {
        String rules = """
                policy:
                  rules:
                    - { name: small, match: { tags: ["1"] }, require: { max-size: 1KiB } }
                    - { name: none, match: { tags: ["2"] }, deny: "no" }
                """;
        try (Mirror mirror = mirror("keep: 0s", rules)) {
            get(mirror, "manifests/1");
            get(mirror, "manifests/2");

            assertThat(texts(records("decision"), "rule")).containsExactly("small", "none");
            assertThat(texts(records("decision"), "digest"))
                    .containsExactly(IMAGE.digest().toString(), "");
            assertThat(texts(records("decision"), "mediaType").get(0)).startsWith("application/vnd.oci.image.");
        }
    }

    @Test
    void checkpointsGoOutUntilTheMirrorStopsAndThenTheirConnectionEnds() throws Exception {
        try (ServerSocket collector = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Mirror mirror = mirror(
                    "checkpoints: [ { name: far, syslog: \"tcp://127.0.0.1:" + collector.getLocalPort() + "\" } ]", "");
            try (Socket socket = collector.accept()) {
                socket.setSoTimeout(60_000);
                mirror.close();

                String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(all).contains("\"type\":\"checkpoint\"");
            } finally {
                mirror.close();
            }
        }
    }

    @Test
    void checkpointsGoToABucketLocked() throws Exception {
        Path secret = Files.writeString(dir.resolve("secret"), FakeBucket.SECRET + "\n");
        try (FakeBucket bucket = FakeBucket.start()) {
            String where = "{ name: acme, prefix: m1, endpoint: \"" + bucket.uri()
                    + "\", internal: true, lock: 1d, lock-mode: governance," + " keys: { access-key-id: "
                    + FakeBucket.ID + ", secret-access-key: \"${file:" + secret + "}\" } }";
            try (Mirror mirror = mirror("checkpoints: [ { name: s3, bucket: " + where + ", every: 1d } ]", "")) {
                Await.until("the first", () -> bucket.objects().size() == 1);
                get(mirror, "manifests/1");
            }

            assertThat(bucket.objects().keySet())
                    .allMatch(key -> key.matches("acme/m1/checkpoints/date=[0-9-]{10}/[0-9TZ]{16}-[0-9]+\\.jsonl"));
            assertThat(bucket.objects().values()).allSatisfy(object -> {
                assertThat(JSON.readTree(object.text()).path("note").asText()).contains("\u2014 ");
                assertThat(object.headers()).containsEntry("x-amz-object-lock-mode", "GOVERNANCE");
            });
        }
    }

    @Test
    void sayWhichNodeHasTheAddressAndHideTheAddressWhereThatIsWanted() throws Exception {
        Path nodes = Files.writeString(dir.resolve("nodes"), "127.0.0.0/8 worker-1\n");
        Path key = Files.writeString(dir.resolve("key"), "0123456789abcdef\n");
        String audit = "nodes: \"" + nodes + "\", pseudonyms: \"${file:" + key + "}\", pseudonymous-clients: true";
        try (Mirror mirror = mirror(audit, "")) {
            get(mirror, "manifests/1");
            get(mirror, "manifests/none");

            assertThat(records("decision")).hasSize(2).allSatisfy(record -> {
                assertThat(record.path("node").asText()).isEqualTo("worker-1");
                assertThat(record.path("client").asText()).matches("p:[0-9a-f]{20}");
                assertThat(record.toString()).doesNotContain("127.0.0.1");
            });
        }
    }
}
