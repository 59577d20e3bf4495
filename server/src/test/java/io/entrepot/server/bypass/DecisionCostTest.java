package io.entrepot.server.bypass;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.oci.MediaType;
import io.entrepot.server.BlockHoundSetup;
import io.entrepot.server.LeakCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private void pull(String tag, TestImage image) {
        mirror.registry.push("acme/app", tag, image);
        assertThat(mirror.get(APP + "manifests/" + tag).status()).isEqualTo(200);
    }

    private List<TestImage> imagesOfOneLayer(int count) {
        List<TestImage> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            images.add(ImageBuilder.image()
                    .seed(1)
                    .platform("linux/amd64")
                    .layer(1_000)
                    .annotation("n", "" + i)
                    .build());
            pull("i" + i, images.get(i));
        }
        return images;
    }

    @Test
    void aLayerOfManyImagesUnderManyIndexesIsJudgedAsAllOfThem() throws Exception {
        mirror = PolicyMirror.start(dir, "");
        List<TestImage> images = imagesOfOneLayer(100);
        for (int i = 0; i < 100; i++) {
            pull("l" + i, index("" + i, images));
        }
        String layer = APP + "blobs/" + images.get(0).layer(0).digest();

        mirror.policy(BY_TAG);
        Response refused = mirror.get(layer);
        mirror.policy(BY_TAG.replace("x*", "l7"));

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains("no rule allows").doesNotContain("look at");
        assertThat(mirror.get(layer).status()).isEqualTo(200);
    }

    @Test
    void aLayerUnderMoreTagsThanAreLookedAtIsRefused() throws Exception {
        mirror = PolicyMirror.start(dir, "");
        List<TestImage> images = imagesOfOneLayer(120);
        for (int i = 0; i < 120; i++) {
            TestImage index = index("" + i, images);
            for (int tag = 0; tag < 5; tag++) {
                pull("l" + i + "-" + tag, index);
            }
        }
        mirror.policy(BY_TAG);

        Response refused = mirror.get(APP + "blobs/" + images.get(0).layer(0).digest());

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains("more manifests and tags lead to it");
        assertThat(mirror.get(APP + "manifests/" + images.get(0).digest()).text())
                .contains("no rule allows");
    }

    /** Whatever they weigh, one pull does not read them all, and holds one at a time. */
    @Test
    void anImageUnderIndexesThatAreAllAsLargeAsTheyMayBeIsRefusedAfterTheFirstFew() throws Exception {
        mirror = PolicyMirror.start(dir, "");
        TestImage image = ImageBuilder.image()
                .seed(1)
                .platform("linux/amd64")
                .layer(1_000)
                .build();
        pull("i", image);
        String note = "x".repeat(4 * 1024 * 1024 - 1_000);
        for (int i = 0; i < 20; i++) {
            TestImage index = index(i + note, List.of(image));
            pull("l" + i, index);
            mirror.registry.delete("acme/app", index.digest());
        }
        mirror.policy(BY_TAG);

        List<CompletableFuture<Response>> crowd = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> mirror.get(APP + "manifests/" + image.digest())))
                .limit(8)
                .toList();

        assertThat(crowd).allSatisfy(answer -> {
            assertThat(answer.join().status()).isEqualTo(403);
            assertThat(answer.join().text()).contains("16 MiB of manifests");
        });
    }
}
