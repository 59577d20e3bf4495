package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The ten policies of {@code docs/policy.md} say what their tables say, and refuse in a mirror that runs. */
@Timeout(60)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class PolicyExamplesTest {

    @TempDir
    private Path root;

    private final FakeRegistry hub = FakeRegistry.start();
    private final TestImage image = ImageBuilder.image().layer(1000).build();

    @AfterEach
    void stop() {
        hub.close();
    }

    static List<String> examples() throws IOException {
        return Examples.names();
    }

    @Test
    void thereAreTenAndEachIsInTheDocument() throws Exception {
        String document = Files.readString(Examples.HOME.resolve("../../docs/policy.md"));

        assertThat(Examples.names()).hasSize(10).allMatch(name -> document.contains(name + ".yaml"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void saysWhatItsTableSays(String name) throws Exception {
        Commands commands = new Commands();
        String config = Examples.copy(name, root).toString();

        assertThat(commands.run("check", config)).as(commands.out()).isZero();
        assertThat(commands.run("policy", "test", Examples.table(name).toString(), "--config", config))
                .as(commands.out() + commands.err())
                .isZero();
        assertThat(commands.out()).endsWith(" rows, 0 not as expected\n");
    }

    @Test
    void onlyTheseRegistries() throws Exception {
        hub.push("library/alpine", "3.20", image);
        hub.push("bitnami/redis", "7", image);
        try (Mirror mirror = Examples.start("01-only-these-registries", root, hub)) {
            assertThat(head(mirror, "library/alpine/manifests/3.20").status()).isEqualTo(200);
            assertThat(head(mirror, "bitnami/redis/manifests/7"))
                    .returns(403, Response::status)
                    .returns("no rule allows docker.io/bitnami/redis:7 (default: deny)", Response::reason);
        }
        assertThat(hub.count("bitnami")).isZero();
    }

    @Test
    void digestOnly() throws Exception {
        hub.push("library/alpine", "3.20", image);
        try (Mirror mirror = Examples.start("03-digest-only", root, hub)) {
            assertThat(head(mirror, "library/alpine/manifests/3.20").reason())
                    .startsWith("docker.io/library/alpine:3.20: name a digest");
            assertThat(head(mirror, "library/alpine/manifests/" + image.digest())
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aTagThatWasNeverAnythingElseWaits() throws Exception {
        hub.push("library/node", "22", image);
        hub.push("acme/web", "1", image);
        try (Mirror mirror = Examples.start("05-three-day-cool-down", root, hub, ", baseline: 24h", "")) {
            assertThat(head(mirror, "library/node/manifests/22"))
                    .returns(403, Response::status)
                    .extracting(Response::reason)
                    .asString()
                    .startsWith("not old enough: first seen ")
                    .endsWith("72h are needed (rule three-days)");
            assertThat(head(mirror, "acme/web/manifests/1").status()).isEqualTo(200);
        }
    }

    @Test
    void whatIsDeniedByDigestIsRefusedWithWhateverHasIt() throws Exception {
        hub.push("acme/app", "1", image);
        hub.push("acme/other", "1", ImageBuilder.image().seed(2).layer(1000).build());
        Path list = Files.writeString(root.resolve("list.txt"), image.layer(0).digest() + "  # a miner\n");
        String named = Examples.HOME + "/deny-digests.txt";
        try (Mirror mirror = Examples.start("09-deny-list", root, hub, named, list.toString())) {
            assertThat(head(mirror, "acme/app/manifests/1"))
                    .returns(403, Response::status)
                    .extracting(Response::reason)
                    .asString()
                    .startsWith(
                            "nobody gets " + image.layer(0).digest().toString().substring(0, 19));
            assertThat(head(mirror, "acme/other/manifests/1").status()).isEqualTo(200);
        }
    }

    @Test
    void whatRunsNowhereHereIsRefused() throws Exception {
        hub.push(
                "library/s390x",
                "1",
                ImageBuilder.image().seed(3).platform("linux/s390x").layer(1000).build());
        hub.push("library/alpine", "3.20", image);
        try (Mirror mirror = Examples.start("08-size-and-platforms", root, hub)) {
            assertThat(head(mirror, "library/alpine/manifests/3.20").status()).isEqualTo(200);
            assertThat(head(mirror, "library/s390x/manifests/1"))
                    .returns(403, Response::status)
                    .extracting(Response::reason)
                    .asString()
                    .contains("(rule fits-our-nodes)");
        }
    }

    @Test
    void warnsFirst() throws Exception {
        hub.push("library/alpine", "3.20", image);
        try (Mirror mirror = Examples.start("10-warn-first", root, hub)) {
            Response served = head(mirror, "library/alpine/manifests/3.20");

            assertThat(served.status()).isEqualTo(200);
            assertThat(served.header("Warning")).contains("from January on by digest only", "rule digests-soon");
        }
    }

    private static Response head(Mirror mirror, String path) {
        return RawHttp.head(URI.create("http://127.0.0.1:" + mirror.port() + "/v2/" + path + "?ns=docker.io"));
    }
}
