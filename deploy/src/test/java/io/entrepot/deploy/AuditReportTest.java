package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Gate;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** containerd pulls; the reports say exactly what, by which tag, and whether it arrived. */
class AuditReportTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BUSYBOX = "docker.io/library/busybox";
    private static final String BIG = "quay.io/team/big";

    @TempDir
    Path dir;

    private final TestImage big = ImageBuilder.image()
            .seed(5)
            .platform("linux/amd64")
            .layer(8_000_000)
            .build();
    private RealRegistry real;
    private FakeRegistry held;
    private PackagedMirror mirror;
    private Path hosts;

    @BeforeEach
    void start() throws Exception {
        real = RealRegistry.start(dir.resolve("upstream"));
        Images.pushBusybox(dir, real.host() + "/library/busybox:1");
        held = FakeRegistry.start();
        held.push("team/big", "2", big);
        mirror = PackagedMirror.start(dir.resolve("mirror"), """
                docker.io: { url: "%s", internal: true }
                quay.io: { url: "%s", internal: true }
                """.formatted(real.url(), held.url()));
        hosts = dir.resolve("certs.d");
        PackagedMirror.entrepot("hosts", "containerd", "--dir", hosts, "--endpoint", mirror.url())
                .run();
    }

    @AfterEach
    void stop() {
        mirror.close();
        held.close();
        real.close();
    }

    @ParameterizedTest
    @EnumSource
    void sayWhatWasPulledByWhichTagAndWhetherItArrived(Containerd.Release release) throws Exception {
        String busybox = Images.crane("digest", "--insecure", real.host() + "/library/busybox:1")
                .run()
                .strip();
        Gate gate = held.holdBody(big.layer(0).digest().hex(), 4_000_000);
        try (Containerd containerd = Containerd.start(release)) {
            assertPulls(containerd, BUSYBOX + ":1");
            assertPulls(containerd, BUSYBOX + ":1");
            // By a digest that it holds it asks nobody.
            assertPulls(containerd, BUSYBOX + "@" + busybox);
            assertThat(containerd.pull(hosts, BUSYBOX + ":none").succeeded()).isFalse();
            CompletableFuture<Void> broken = CompletableFuture.runAsync(() -> pull(containerd, BIG + ":2"));
            gate.awaitWaiting(1);
            containerd.stop();
            broken.join();
        }
        gate.release();

        List<String> expected = List.of(
                BUSYBOX + " 1 " + busybox + " wholly 2",
                BUSYBOX + " 1 " + busybox + " checked 0",
                BUSYBOX + " none null failed 0",
                BIG + " 2 " + big.digest() + " partly 2");
        Await.until(() -> pulls().toString(), Duration.ofMinutes(2), () -> pulls().equals(expected));
        assertThat(rows("holders", "--digest", busybox)).singleElement().satisfies(row -> {
            assertThat(row.path("client").asText()).isEqualTo("127.0.0.1");
            assertThat(row.path("has").asText()).isEqualTo("all");
            assertThat(row.path("blobs").asInt()).isEqualTo(2);
        });
    }

    private void assertPulls(Containerd containerd, String image) throws Exception {
        Command.Outcome outcome = containerd.pull(hosts, image);
        assertThat(outcome.succeeded()).as(outcome.output()).isTrue();
    }

    private void pull(Containerd containerd, String image) {
        try {
            containerd.pull(hosts, image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The oldest first. */
    private List<String> pulls() {
        List<String> pulls = new ArrayList<>();
        for (JsonNode row : rows("pulls")) {
            pulls.add(
                    0,
                    row.path("name").asText() + " " + row.path("tag").asText("null") + " "
                            + row.path("digest").asText("null") + " "
                            + row.path("outcome").asText() + " "
                            + row.path("blobs").asText());
        }
        return pulls;
    }

    private List<JsonNode> rows(String report, Object... filters) {
        try {
            Command asked = PackagedMirror.entrepot("audit", "report", report, "--output", "json")
                    .with("--config", mirror.config())
                    .with(filters);
            List<JsonNode> rows = new ArrayList<>();
            JSON.readTree(asked.run()).path("rows").forEach(rows::add);
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
