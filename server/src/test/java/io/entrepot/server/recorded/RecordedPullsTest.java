package io.entrepot.server.recorded;

import static io.entrepot.server.recorded.Recorded.told;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import io.entrepot.server.Mirror;
import io.entrepot.server.TestConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A pull through a whole mirror, and what stands on its disk about it. */
@Timeout(120)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class RecordedPullsTest {

    private static final String APP = "/v2/docker.io/acme/app/";

    private final TestImage image =
            ImageBuilder.image().seed(1).platform("linux/amd64").layer(70_000).build();
    private final FakeRegistry registry = FakeRegistry.builder().start();

    @TempDir
    private Path dir;

    private Mirror mirror;
    private TestConfig config;

    private void start(String policy) throws Exception {
        registry.push("acme/app", "1", image);
        config = TestConfig.under(dir, upstream(), policy);
        mirror = config.start();
    }

    private String upstream() {
        return "upstreams: { docker.io: { url: \"" + registry.url() + "\", internal: true } }";
    }

    @AfterEach
    void stop() {
        if (mirror != null) {
            mirror.close();
        }
        registry.close();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + mirror.port() + path);
    }

    private Response get(String path, String... headers) {
        return RawHttp.get(uri(path), headers);
    }

    private Recorded recorded() throws IOException {
        return Recorded.in(config.data());
    }

    /** Transfers are on record soon after they ended. */
    private Recorded recorded(int transfers) throws Exception {
        return recorded(transfers, "transfer");
    }

    private Recorded recorded(int count, String type) throws Exception {
        Await.until(count + " x " + type + " on record", () -> {
            try {
                return recorded().of(type).size() >= count;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        return recorded();
    }

    @Test
    void aPullAsContainerdDoesIt() throws Exception {
        start("");
        String layer = image.layer(0).digest().toString();

        RawHttp.head(uri(APP + "manifests/1"), "User-Agent: containerd/2.1");
        get(
                APP + "manifests/" + image.digest(),
                "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        recorded(1);
        get(APP + "blobs/" + layer);
        recorded(2);
        get(APP + "blobs/" + layer, "Range: bytes=0-99");

        Recorded recorded = recorded(3);
        assertThat(told(recorded.of("decision"), "verdict", "status", "method", "tag", "digest", "forTag", "cache"))
                .containsExactly(
                        "allow 200 HEAD 1 " + image.digest() + " - fetched",
                        "allow 200 GET - " + image.digest() + " 1 hit");
        JsonNode head = recorded.of("decision").get(0);
        JsonNode get = recorded.of("decision").get(1);
        assertThat(head.path("agent").asText()).isEqualTo("containerd/2.1");
        assertThat(head.path("asked").asText()).isEqualTo("docker.io/acme/app:1");
        assertThat(head.path("upstream").asText()).isEqualTo("docker.io");
        assertThat(head.path("client").asText()).isEqualTo("127.0.0.1");
        assertThat(head.path("port").asInt()).isPositive();
        assertThat(head.path("policy").asText()).matches("[0-9a-f]{16}");
        assertThat(get.path("trace").asText()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(told(recorded.of("transfer"), "kind", "digest", "image", "forTag", "bytes", "complete"))
                .containsExactly(
                        "manifest " + image.digest() + " - 1 " + image.manifest().length + " true",
                        "blob " + layer + " " + image.digest() + " 1 70000 true",
                        "blob " + layer + " " + image.digest() + " 1 100 true");
        assertThat(recorded.of("transfer"))
                .allSatisfy(transfer -> assertThat(transfer.path("decision").asLong())
                        .isEqualTo(get.path("seq").asLong()));
    }

    @Test
    void whatAnImageNamesIsOnRecordOnceBeforeAnybodyHasIt() throws Exception {
        start("");

        get(APP + "manifests/1");
        get(APP + "manifests/1");

        List<JsonNode> all = recorded().all();
        JsonNode named = recorded().of("image").get(0);
        assertThat(recorded().of("image")).hasSize(1);
        assertThat(named.path("seq").asLong())
                .isLessThan(recorded().of("decision").get(0).path("seq").asLong());
        assertThat(named.path("digest").asText()).isEqualTo(image.digest().toString());
        assertThat(named.path("layers").get(0).path("digest").asText())
                .isEqualTo(image.layer(0).digest().toString());
        assertThat(named.path("config").path("digest").asText()).startsWith("sha256:");
        assertThat(told(all, "seq")).containsExactlyElementsOf(numbers(all.size()));
    }

    private static List<String> numbers(int size) {
        return IntStream.range(0, size).mapToObj(Integer::toString).toList();
    }

    @Test
    void aBlobOfNoImageThatWasPulledHasARecordOfItsOwn() throws Exception {
        start("");

        get(APP + "blobs/" + image.layer(0).digest());

        assertThat(told(recorded(1).of("decision"), "kind", "verdict", "digest", "image"))
                .containsExactly("blob allow " + image.layer(0).digest() + " -");
    }

    @Test
    void whatIsRefusedIsOnRecordWhenTheClientKnowsIt() throws Exception {
        start(
                "policy: { default: allow, rules: [ { name: never, match: { tags: [\"1\"] }, deny: \"not {image}\" } ] }");

        assertThat(get(APP + "manifests/1").status()).isEqualTo(403);
        assertThat(told(recorded().of("decision"), "verdict", "status", "rule", "reason"))
                .containsExactly("deny 403 never not docker.io/acme/app:1 (rule never)");

        assertThat(get(APP + "manifests/nothing").status()).isEqualTo(404);
        assertThat(get("/v2/evil.example/a/manifests/1").status()).isEqualTo(403);
        assertThat(told(recorded().of("decision"), "verdict", "status", "registry"))
                .containsExactly("deny 403 docker.io", "failed 404 docker.io", "unroutable 403 evil.example");
    }

    @Test
    void anotherPolicyIsOnRecordAndHoldsForWhatWasAdmittedUnderTheLast() throws Exception {
        start("");
        get(APP + "manifests/1");
        config.write(upstream(), "policy: { default: deny, rules: [ { name: all, allow: true } ] }");
        mirror.reload().join();

        get(APP + "blobs/" + image.layer(0).digest());

        Recorded recorded = recorded(2);
        JsonNode changed = recorded.of("policy.change").get(0);
        JsonNode before = recorded.of("decision").get(0);
        JsonNode after = recorded.of("decision").get(1);
        assertThat(recorded.of("config.change")).hasSize(1);
        assertThat(changed.path("before").asText())
                .isEqualTo(before.path("policy").asText());
        assertThat(changed.path("after").asText())
                .isEqualTo(after.path("policy").asText());
        assertThat(after.path("kind").asText()).isEqualTo("blob");
        assertThat(after.path("image").asText()).isEqualTo(image.digest().toString());
    }

    @Test
    void theNumbersGoOnAfterARestart() throws Exception {
        start("");
        get(APP + "manifests/1");
        mirror.close();
        int before = recorded().all().size();
        mirror = config.start();

        get(APP + "manifests/1");

        List<JsonNode> all = recorded().all();
        assertThat(told(all, "seq")).containsExactlyElementsOf(numbers(all.size()));
        assertThat(all.get(before - 1).path("type").asText()).isEqualTo("stop");
        assertThat(all.get(before).path("type").asText()).isEqualTo("start");
    }

    @Test
    void anUpstreamThatIsNotAskedForAWhile() throws Exception {
        start("");
        registry.stop();
        for (int i = 0; i < 6; i++) {
            assertThat(get(APP + "manifests/" + i).status()).isEqualTo(503);
        }

        List<JsonNode> happened = recorded(1, "upstream").of("upstream");
        assertThat(told(happened, "what", "registry", "endpoint"))
                .containsExactly("endpoint_suspended docker.io " + registry.host());
        assertThat(happened.get(0).path("why").asText()).contains("connection refused");
    }

    @Test
    void whichEndpointSaidWhatATagMeans() throws Exception {
        try (FakeRegistry harbor = FakeRegistry.start()) {
            registry.push("acme/app", "1", image);
            config = TestConfig.under(dir, """
                    upstreams:
                      docker.io:
                        endpoints: [ { url: "%s", internal: true }, { url: "%s", internal: true } ]
                    """.formatted(harbor.url(), registry.url()), "");
            mirror = config.start();
            harbor.stop();

            assertThat(get(APP + "manifests/1").status()).isEqualTo(200);
            assertThat(get(APP + "manifests/1").status()).isEqualTo(200);

            assertThat(told(recorded().of("decision"), "cache", "endpoint"))
                    .containsExactly("fetched " + registry.host(), "hit -");
        }
    }
}
