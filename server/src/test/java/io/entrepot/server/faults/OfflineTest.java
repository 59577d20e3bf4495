package io.entrepot.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.ConfigLoader;
import io.entrepot.config.MirrorConfig;
import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.server.Mirror;
import io.entrepot.server.cli.Cli;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an air-gapped site needs: to bring images in, to serve them without asking anybody, to know what is missing. */
class OfflineTest {

    private static final String REPOSITORY = "library/alpine";

    private final FakeRegistry registry = FakeRegistry.builder().referrers(1).start();
    private final TestImage amd64 = ImageBuilder.image()
            .seed(1)
            .platform("linux/amd64")
            .layer(300_000)
            .layer(20)
            .build();
    private final TestImage arm64 =
            ImageBuilder.image().seed(2).platform("linux/arm64").layer(300_000).build();
    private final TestImage index = ImageBuilder.index().add(amd64).add(arm64).build();
    private final TestImage signature =
            TestImage.referrer(index.descriptor(), "application/vnd.sig", Blob.seeded(3, 500));
    private final TestImage bill = TestImage.referrer(amd64.descriptor(), "application/vnd.sbom", Blob.seeded(4, 500));
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path dir;

    private Mirror mirror;

    @BeforeEach
    void push() throws Exception {
        registry.push(REPOSITORY, "1", index);
        registry.push(REPOSITORY, signature);
        registry.push(REPOSITORY, bill);
        start("");
    }

    @AfterEach
    void stop() {
        mirror.close();
        registry.close();
    }

    @Test
    void warmBringsAnImageWithEverythingThatBelongsToIt() throws Exception {
        assertThat(warm("docker.io/library/alpine:1")).isZero();

        assertThat(out.toString())
                .contains("[1/1] docker.io/library/alpine:1: manifests 5, blobs 8, referrers 2, ")
                .contains("1 of 1 images are here, ");
        goOffline();
        assertWhole(amd64);
        assertWhole(arm64);
        assertThat(get("referrers/" + index.digest()).text())
                .contains(signature.digest().toString());
        assertThat(get("referrers/" + amd64.digest()).text())
                .contains(bill.digest().toString());
        assertWhole(signature);
        assertWhole(bill);
    }

    @Test
    void warmFetchesNothingAgain() throws Exception {
        warm("docker.io/library/alpine:1");
        long blobs = registry.count("/blobs/");

        assertThat(warm("docker.io/library/alpine:1")).isZero();

        assertThat(registry.count("/blobs/")).isEqualTo(blobs);
        assertThat(out.toString()).endsWith("1 of 1 images are here, nothing fetched\n");
    }

    @Test
    void warmBringsChosenPlatformsOnly() throws Exception {
        assertThat(warm("docker.io/library/alpine:1", "--platform", "linux/amd64"))
                .isZero();

        assertThat(registry.count("/blobs/" + arm64.layer(0).digest())).isZero();
        assertThat(registry.count("/blobs/" + amd64.layer(0).digest())).isEqualTo(1);
    }

    @Test
    void warmFailsWhereAPlatformIsNotThere() throws Exception {
        assertThat(warm("docker.io/library/alpine:1", "--platform", "linux/arm64/v8,windows/amd64"))
                .isEqualTo(1);

        assertThat(err.toString())
                .isEqualTo("  docker.io/library/alpine@" + index.digest() + ": has no windows/amd64\n");
        assertThat(registry.count("/blobs/" + arm64.layer(0).digest())).isEqualTo(1);
    }

    @Test
    void warmNamesEveryLineThatIsNoImage() throws Exception {
        assertThat(warm("docker.io/library/alpine:1\nbad ref\nUPPER/case:1")).isEqualTo(2);

        assertThat(err.toString()).contains("bad ref is no image reference: ", "UPPER/case:1 is no image reference: ");
        assertThat(warm("# nothing\n")).isEqualTo(1);
        assertThat(err.toString()).startsWith("entrepot: no image in the list");
    }

    @Test
    void warmDoesNotTakeWhatIsInMemoryForWhatIsInTheStore() throws Exception {
        warm("docker.io/library/alpine:1");
        assertThat(run("cache", "rm", amd64.digest().toString())).isZero();

        assertThat(warm("docker.io/library/alpine:1")).isZero();

        goOffline();
        assertWhole(amd64);
    }

    @Test
    void warmFetchesAgainWhatIsDamaged() throws Exception {
        TestImage large = ImageBuilder.image()
                .seed(5)
                .platform("linux/amd64")
                .layer(9_000_000)
                .build();
        registry.push(REPOSITORY, "2", large);
        warm("docker.io/library/alpine:2");
        String hex = large.layer(0).digest().hex();
        try (Stream<Path> files = Files.walk(dir.resolve("data/cache"))) {
            Path file = files.filter(each -> each.endsWith(hex)).findFirst().orElseThrow();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[100]), 4_000_000);
            }
        }

        assertThat(warm("docker.io/library/alpine:2")).isZero();

        assertThat(out.toString()).contains("(9.0 MB fetched)");
        goOffline();
        assertWhole(large);
    }

    @Test
    void warmSaysWhatFailedAndBringsTheRest() throws Exception {
        registry.delete(REPOSITORY, amd64.layer(0).digest());

        assertThat(warm("docker.io/library/alpine:1\n# a comment\ndocker.io/library/none:2"))
                .isEqualTo(1);

        assertThat(out.toString())
                .contains("docker.io/library/alpine:1: FAILED", "docker.io/library/none:2: FAILED", "0 of 2 images");
        assertThat(err.toString())
                .contains("docker.io/library/alpine@" + amd64.layer(0).digest() + ": ", "docker.io/library/none:2: ");
        goOffline();
        assertWhole(arm64);
    }

    @Test
    void warmTakesKubernetesManifests() throws Exception {
        assertThat(warm("""
                apiVersion: apps/v1
                kind: Deployment
                spec:
                  template:
                    spec:
                      initContainers: [ { name: a, image: "docker.io/library/alpine:1" } ]
                      containers:
                      - { name: b, image: "docker.io/library/alpine:1" }
                ---
                apiVersion: batch/v1
                kind: Job
                spec: { template: { spec: { volumes: [ { name: v, image: { reference: "docker.io/library/no:3" } } ] } } }
                """)).isEqualTo(1);

        assertThat(out.toString())
                .contains("docker.io/library/alpine:1: manifests 5", "docker.io/library/no:3: FAILED");
    }

    @Test
    void aTagIsWhatWasLastSeenHoweverOld() throws Exception {
        warm("docker.io/library/alpine:1");
        registry.tag(REPOSITORY, "1", amd64.digest());
        mirror.close();
        start("offline: true\ntags: [ { match: \"**\", fresh: 0, stale: 0 } ]");
        registry.forgetSeen();

        Response response = get("manifests/1");

        assertThat(response.header("Docker-Content-Digest"))
                .isEqualTo(index.digest().toString());
        assertThat(response.header("Warning")).isEqualTo("110 - \"Response is Stale\"");
        assertThat(response.header("X-Entrepot-Stale")).isEqualTo("the upstream is offline");
        assertThat(registry.seen()).isEmpty();
    }

    @Test
    void whatIsMissingIsNamedAndCollected() throws Exception {
        warm("docker.io/library/alpine:1", "--platform", "linux/amd64");
        goOffline();
        registry.forgetSeen();

        Response tag = get("manifests/2");
        Response blob = get("blobs/" + arm64.layer(0).digest());
        get("manifests/2");
        Response referrers = get("referrers/" + arm64.layer(0).digest());

        assertThat(tag.status()).isEqualTo(503);
        assertThat(tag.header("Retry-After")).isEmpty();
        assertThat(tag.reason())
                .isEqualTo("docker.io/library/alpine:2: not held here, and docker.io is offline"
                        + " (see entrepot cache misses)");
        assertThat(blob.status()).isEqualTo(503);
        assertThat(referrers.status()).isEqualTo(503);
        assertThat(registry.seen()).isEmpty();
        assertThat(run("cache", "misses")).isZero();
        assertThat(out.toString().lines())
                .anyMatch(line -> line.matches("manifest +2  .* docker.io/library/alpine:2"))
                .anyMatch(line -> line.matches(
                        "blob +1  .* docker.io/library/alpine@" + arm64.layer(0).digest()))
                .anyMatch(line -> line.matches("referrers +1  .* docker.io/library/alpine@"
                        + arm64.layer(0).digest()));
    }

    @Test
    void missesOutliveARestartUntilTheyAreCleared() throws Exception {
        goOffline();
        get("manifests/2");
        mirror.close();

        run("cache", "misses", "--names");
        assertThat(out.toString()).isEqualTo("docker.io/library/alpine:2\n");
        start("offline: true");
        run("cache", "misses", "--names", "--clear");
        assertThat(out.toString()).isEqualTo("docker.io/library/alpine:2\n");
        run("cache", "misses", "--names");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void whatWasMissingCanBeWarmedByName() throws Exception {
        String layer = "docker.io/library/alpine@" + amd64.layer(0).digest();

        assertThat(warm(layer)).isZero();

        assertThat(out.toString()).contains(layer + ": manifests 0, blobs 1, referrers 0, 300.0 KB");
    }

    @Test
    void warmNeedsAMirror() throws Exception {
        mirror.close();

        assertThat(warm("docker.io/library/alpine:1")).isEqualTo(1);

        assertThat(err.toString())
                .isEqualTo("entrepot: no mirror runs with this configuration: it is the mirror that fetches\n");
    }

    @Test
    void anObservedPatternAdmitsAndListsWhatWasAsked() throws Exception {
        mirror.close();
        start("");

        Response response = RawHttp.get(
                URI.create("http://127.0.0.1:" + mirror.port() + "/v2/team/app/manifests/1?ns=registry.invalid"));

        assertThat(response.status()).isEqualTo(503);
        run("upstreams", "--discovered");
        assertThat(out.toString())
                .startsWith("upstreams:\n  # registry.invalid: {}  # nothing came of it\n"
                        + "  #   registry.invalid/team/app: 1 in vain, last ");
        run("upstreams");
        assertThat(out.toString().lines())
                .anyMatch(line -> line.matches("docker\\.io +http://127.0.0.1:[0-9]+ +anonymous, internal"))
                .anyMatch(line -> line.matches("\\* +https://… +anonymous, observed"));
    }

    private void goOffline() throws Exception {
        mirror.close();
        start("offline: true");
    }

    private void start(String more) throws Exception {
        Files.writeString(config(), """
                listen: { address: 127.0.0.1, port: 0 }
                admin: { address: 127.0.0.1, port: 0 }
                upstreams:
                  docker.io: { url: "%s", internal: true }
                  "*": { observe: true, deadlines: { connect: 2s } }
                storage: { disk: { path: %s, min-free: 0 } }
                %s
                """.formatted(registry.url(), dir.resolve("data/cache"), more));
        MirrorConfig loaded = ConfigLoader.load(config());
        mirror = Mirror.start(loaded);
    }

    private Path config() {
        return dir.resolve("mirror.yaml");
    }

    private int warm(String list, String... options) throws Exception {
        Path file = Files.writeString(dir.resolve("list"), list);
        String[] args = new String[options.length + 2];
        args[0] = "warm";
        args[1] = file.toString();
        System.arraycopy(options, 0, args, 2, options.length);
        return run(args);
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] all = new String[args.length + 2];
        System.arraycopy(args, 0, all, 0, args.length);
        all[args.length] = "--config";
        all[args.length + 1] = config().toString();
        return new Cli((config, file, self) -> 0)
                .out(new PrintWriter(out))
                .err(new PrintWriter(err))
                .run(all);
    }

    private Response get(String path) {
        return RawHttp.get(
                URI.create("http://127.0.0.1:" + mirror.port() + "/v2/docker.io/" + REPOSITORY + "/" + path));
    }

    private void assertWhole(TestImage image) {
        assertThat(get("manifests/" + image.digest()).body()).isEqualTo(image.manifest());
        image.blobs()
                .forEach(blob ->
                        assertThat(get("blobs/" + blob.digest()).digest()).isEqualTo(blob.digest()));
    }
}
