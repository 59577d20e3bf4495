package io.entrepot.server.bypass;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What many manifests name, and some of them are not to be had. */
@Timeout(240)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class ParentsTest {

    private static final String APP = "/v2/docker.io/acme/app/";
    private static final String RULES =
            "policy: { rules: [ { name: ones, match: { tags: [\"v*\"] }, require: { platforms: [linux/amd64] } } ] }";

    private final TestImage image =
            ImageBuilder.image().seed(1).platform("linux/amd64").layer(70_000).build();

    @TempDir
    private Path dir;

    private PolicyMirror mirror;

    @AfterEach
    void stop() {
        if (mirror != null) {
            mirror.close();
        }
    }

    private static TestImage index(String note, List<TestImage> children) {
        String entries = children.stream()
                .map(child -> "{\"mediaType\":\"" + child.mediaType() + "\",\"digest\":\"" + child.digest()
                        + "\",\"size\":" + child.manifest().length + "}")
                .collect(Collectors.joining(","));
        String json = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":[" + entries
                + "],\"annotations\":{\"note\":\"" + note + "\"}}";
        return TestImage.raw(MediaType.OCI_INDEX, json.getBytes(StandardCharsets.UTF_8));
    }

    private void lose(Digest digest) throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.walk(dir.resolve("data"))) {
            files = all.filter(path -> path.getFileName().toString().contains(digest.hex()))
                    .toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            Files.delete(file);
        }
    }

    @Test
    void oneThatIsGoneDoesNotTakeTheOthersWithIt() throws Exception {
        mirror = PolicyMirror.start(dir, RULES);
        TestImage other = ImageBuilder.image()
                .seed(1)
                .platform("linux/amd64")
                .layer(70_000)
                .annotation("n", "2")
                .build();
        assertThat(other.layer(0).digest()).isEqualTo(image.layer(0).digest());
        mirror.registry.push("acme/app", "v1", image);
        mirror.registry.push("acme/app", "v2", other);
        assertThat(mirror.status(APP + "manifests/v1")).isEqualTo(200);
        assertThat(mirror.status(APP + "manifests/v2")).isEqualTo(200);
        String layer = APP + "blobs/" + image.layer(0).digest();
        assertThat(mirror.status(layer)).isEqualTo(200);

        mirror.registry.delete("acme/app", image.digest());
        mirror.stopped();
        lose(image.digest());
        mirror.restart(RULES);

        assertThat(mirror.status(APP + "manifests/v2")).isEqualTo(200);
        assertThat(mirror.status(layer)).isEqualTo(200);
    }

    @Test
    void anIndexThatIsGoneTakesNoImageWithItThatStandsUnderATagOfItsOwn() throws Exception {
        mirror = PolicyMirror.start(dir, RULES);
        TestImage index = index("gone", List.of(image));
        mirror.registry.push("acme/app", "v1", image);
        mirror.registry.push("acme/app", "v2", index);
        assertThat(mirror.status(APP + "manifests/v1")).isEqualTo(200);
        assertThat(mirror.get(APP + "manifests/v2").status()).isIn(200, 403);
        mirror.policy("");
        assertThat(mirror.status(APP + "manifests/v2")).isEqualTo(200);

        mirror.registry.delete("acme/app", index.digest());
        mirror.stopped();
        lose(index.digest());
        mirror.restart(RULES);

        assertThat(mirror.status(APP + "manifests/v1")).isEqualTo(200);
        assertThat(mirror.status(APP + "manifests/" + image.digest())).isEqualTo(200);
        assertThat(mirror.status(APP + "blobs/" + image.layer(0).digest())).isEqualTo(200);
    }

    @Test
    @Tag("long")
    void aPyramidOfIndexesIsJudgedOnceALevel() throws Exception {
        mirror = PolicyMirror.start(dir, "");
        mirror.registry.push("acme/app", "v1", image);
        mirror.status(APP + "manifests/v1");
        List<TestImage> below = List.of(image);
        for (int level = 1; level <= 3; level++) {
            List<TestImage> here = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                TestImage index = index(level + "." + i, below);
                here.add(index);
                mirror.registry.push("acme/app", "l" + level + "-" + i, index);
                assertThat(mirror.get(APP + "manifests/l" + level + "-" + i).status())
                        .isEqualTo(200);
            }
            below = here;
        }
        mirror.policy("policy: { rules: [ { name: ones, match: { tags: [\"x*\"] }, allow: true } ] }");

        assertThat(mirror.status(APP + "manifests/" + image.digest())).isEqualTo(403);
        assertThat(mirror.status(APP + "blobs/" + image.layer(0).digest())).isEqualTo(403);
        mirror.policy("policy: { rules: [ { name: ones, match: { tags: [\"l3-7\"] }, allow: true } ] }");
        assertThat(mirror.status(APP + "manifests/" + image.digest())).isEqualTo(200);
        assertThat(mirror.status(APP + "blobs/" + image.layer(0).digest())).isEqualTo(200);
    }
}
