package io.entrepot.server.bypass;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.MediaType;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whoever owns a repository upstream decides how much there is to look at; not how long others wait for it. */
@Timeout(240)
@ExtendWith({BlockHoundSetup.class, LeakCheck.class})
class DecisionCostTest {

    private static final String APP = "/v2/docker.io/acme/app/";
    private static final String BY_TAG =
            "policy: { rules: [ { name: ones, match: { tags: [\"x*\"] }, allow: true } ] }";

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

    private static Duration time(Runnable what) {
        long began = System.nanoTime();
        what.run();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Test
    void aLayerOfManyImagesUnderManyIndexes() throws Exception {
        mirror = PolicyMirror.start(dir, "");
        List<TestImage> images = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            TestImage image = ImageBuilder.image()
                    .seed(1)
                    .platform("linux/amd64")
                    .layer(1_000)
                    .annotation("n", "" + i)
                    .build();
            images.add(image);
            mirror.registry.push("acme/app", "i" + i, image);
            assertThat(mirror.get(APP + "manifests/i" + i).status()).isEqualTo(200);
        }
        for (int i = 0; i < 200; i++) {
            mirror.registry.push("acme/app", "l" + i, index("" + i, images));
            assertThat(mirror.get(APP + "manifests/l" + i).status()).isEqualTo(200);
        }
        mirror.policy(BY_TAG);
        String layer = APP + "blobs/" + images.get(0).layer(0).digest();

        assertThat(mirror.get(layer).status()).isEqualTo(403);
        Duration again = time(() -> assertThat(mirror.get(layer).status()).isEqualTo(403));

        assertThat(again).isLessThan(Duration.ofMillis(200));
    }

    @Test
    void anImageUnderIndexesThatAreAllAsLargeAsTheyMayBe() throws Exception {
        mirror = PolicyMirror.start(dir, "");
        TestImage image = ImageBuilder.image()
                .seed(1)
                .platform("linux/amd64")
                .layer(1_000)
                .build();
        mirror.registry.push("acme/app", "i", image);
        assertThat(mirror.get(APP + "manifests/i").status()).isEqualTo(200);
        String note = "x".repeat(4 * 1024 * 1024 - 1_000);
        for (int i = 0; i < 60; i++) {
            TestImage index = index(i + note, List.of(image));
            mirror.registry.push("acme/app", "l" + i, index);
            assertThat(mirror.get(APP + "manifests/l" + i).status()).isEqualTo(200);
            mirror.registry.delete("acme/app", index.digest());
        }
        mirror.policy(BY_TAG);
        assertThat(mirror.get(APP + "manifests/" + image.digest()).status()).isEqualTo(403);
        List<CompletableFuture<Integer>> crowd = new ArrayList<>();
        Duration again = time(
                () -> assertThat(mirror.get(APP + "manifests/" + image.digest()).status())
                        .isEqualTo(403));
        for (int i = 0; i < 8; i++) {
            crowd.add(CompletableFuture.supplyAsync(
                    () -> mirror.get(APP + "manifests/" + image.digest()).status()));
        }

        assertThat(crowd).allSatisfy(status -> assertThat(status.join()).isEqualTo(403));
        assertThat(again).isLessThan(Duration.ofMillis(400));
    }
}
