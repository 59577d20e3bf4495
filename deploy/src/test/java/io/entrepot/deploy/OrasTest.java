package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Blob;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is no image, by ORAS: model files, Helm charts, and what refers to an image. */
class OrasTest {

    private static final String SIGNATURE = "application/vnd.example.signature";

    /** One mirror for all, before a registry without the referrers API and one that has it. */
    private static RealRegistry upstream;

    private static FakeRegistry api;
    private static PackagedMirror mirror;

    @TempDir
    Path dir;

    @BeforeAll
    static void start(@TempDir Path shared) throws Exception {
        upstream = RealRegistry.start(shared.resolve("upstream"));
        api = FakeRegistry.builder().referrers(1).start();
        mirror = PackagedMirror.start(shared.resolve("mirror"), """
                docker.io: { url: "%s", internal: true }
                registry.api: { url: "%s", internal: true }
                """.formatted(upstream.url(), api.url()));
    }

    @AfterAll
    static void stop() {
        mirror.close();
        api.close();
        upstream.close();
    }

    @Test
    void pullsFilesOfAModel() throws Exception {
        Path weights = random("weights.bin", 3);
        oras("push", "--plain-http", "--artifact-type", "application/vnd.example.model", of(upstream, "team/model:1"))
                .with("weights.bin:application/octet-stream")
                .run();

        oras("pull", "--plain-http", "--output", dir.resolve("pulled"), through("team/model:1"))
                .run();

        assertThat(dir.resolve("pulled/weights.bin")).hasSameBinaryContentAs(weights);
    }

    /** As `helm push` makes it (Helm's HIPS 6): the chart's metadata as the config, the archive as the layer. */
    @Test
    void pullsAHelmChart() throws Exception {
        Files.createDirectories(dir.resolve("app/templates"));
        Files.writeString(dir.resolve("app/Chart.yaml"), "apiVersion: v2\nname: app\nversion: 1.0.0\n");
        Command.of(
                        "tar",
                        "-C",
                        dir.toString(),
                        "-czf",
                        dir.resolve("app-1.0.0.tgz").toString(),
                        "app")
                .run();
        Files.writeString(dir.resolve("chart.json"), "{\"name\":\"app\",\"version\":\"1.0.0\",\"apiVersion\":\"v2\"}");
        oras("push", "--plain-http", "--config", "chart.json:application/vnd.cncf.helm.config.v1+json")
                .with(of(upstream, "charts/app:1.0.0"))
                .with("app-1.0.0.tgz:application/vnd.cncf.helm.chart.content.v1.tar+gzip")
                .run();

        oras("pull", "--plain-http", "--output", dir.resolve("pulled"), through("charts/app:1.0.0"))
                .run();

        assertThat(dir.resolve("pulled/app-1.0.0.tgz")).hasSameBinaryContentAs(dir.resolve("app-1.0.0.tgz"));
        assertThat(oras("manifest", "fetch", "--plain-http", through("charts/app:1.0.0"))
                        .run())
                .contains("application/vnd.cncf.helm.config.v1+json");
        assertThat(oras("manifest", "fetch-config", "--plain-http", through("charts/app:1.0.0"))
                        .run())
                .contains("\"version\":\"1.0.0\"");
    }

    /** docker-registry 2.8 has no referrers API: what oras attaches, it lists under a tag. */
    @Test
    void discoversWhatIsAttachedUnderTheFallbackTag() throws Exception {
        Images.pushLarge(dir, of(upstream, "team/app:1"), 1);
        Files.writeString(dir.resolve("signature.json"), "{}");
        oras("attach", "--plain-http", "--artifact-type", SIGNATURE, of(upstream, "team/app:1"))
                .with("signature.json:application/json")
                .run();

        assertThat(discovered(through("team/app:1"))).contains(SIGNATURE, "\"digest\"");
        assertThat(discovered(through("team/app:1"), "--artifact-type", "application/vnd.example.other"))
                .doesNotContain(SIGNATURE);
    }

    @Test
    void discoversAndPullsWhatTheReferrersApiLists() throws Exception {
        TestImage image = ImageBuilder.image().seed(5).layer(1_000).build();
        TestImage first = TestImage.referrer(image.descriptor(), SIGNATURE, Blob.seeded(1, 500));
        TestImage second = TestImage.referrer(image.descriptor(), SIGNATURE, Blob.seeded(2, 500));
        api.push("team/app", "1", image);
        api.push("team/app", first);
        api.push("team/app", second);
        String name = mirror.host() + "/registry.api/team/app";

        assertThat(discovered(name + ":1"))
                .contains(first.digest().toString(), second.digest().toString());
        assertThat(oras("manifest", "fetch", "--plain-http", name + "@" + second.digest())
                        .run())
                .contains(image.digest().toString());
    }

    @Test
    void discoversNothingWhereNobodySigned() throws Exception {
        Images.pushLarge(dir, of(upstream, "team/plain:1"), 1);

        assertThat(discovered(through("team/plain:1"))).doesNotContain("artifactType");
    }

    private String discovered(String image, Object... options) throws Exception {
        return oras("discover", "--plain-http", "--format", "json")
                .with(options)
                .with(image)
                .run();
    }

    private Path random(String name, int megabytes) throws Exception {
        Path file = dir.resolve(name);
        Command.of("dd", "if=/dev/urandom", "of=" + file, "bs=1M", "count=" + megabytes)
                .run();
        return file;
    }

    private static String of(RealRegistry registry, String image) {
        return registry.host() + "/" + image;
    }

    private static String through(String image) {
        return mirror.host() + "/docker.io/" + image;
    }

    /** oras among the files: it keeps the paths that it was given as titles. */
    private Command oras(Object... arguments) {
        return Command.of("env", "-C", dir.toString(), Tools.ORAS.path().toString())
                .in("DOCKER_CONFIG", dir.resolve("client"))
                .with(arguments);
    }
}
