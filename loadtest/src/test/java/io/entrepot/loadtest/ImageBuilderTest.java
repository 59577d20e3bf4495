package io.entrepot.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Manifest;
import io.entrepot.oci.MediaType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ImageBuilderTest {

    @Test
    void buildsTheSameImageFromTheSameCalls() {
        assertThat(image(7).digest()).isEqualTo(image(7).digest());
    }

    @Test
    void sharesNoLayerBetweenSeeds() {
        assertThat(image(7).layer(0).digest()).isNotEqualTo(image(8).layer(0).digest());
    }

    @Test
    void writesAManifestThatNamesConfigAndLayers() {
        TestImage image = image(7);

        Manifest manifest = Manifest.parse(image.digest(), image.manifest(), image.mediaType());

        assertThat(manifest.children())
                .containsExactly(
                        image.config().descriptor(),
                        image.layer(0).descriptor(),
                        image.layer(1).descriptor());
        assertThat(image.digest().matches(image.manifest())).isTrue();
    }

    @Test
    void writesDockersMediaTypes() {
        TestImage image = ImageBuilder.image().docker().layer(5).build();

        assertThat(image.mediaType()).isEqualTo(MediaType.DOCKER_MANIFEST);
        assertThat(image.layer(0).descriptor().mediaType().value())
                .isEqualTo("application/vnd.docker.image.rootfs.diff.tar.gzip");
    }

    @Test
    void writesAnIndexOfPlatforms() {
        TestImage arm = ImageBuilder.image().platform("linux/arm64/v8").layer(5).build();
        TestImage index = ImageBuilder.index().add(image(7)).add(arm).build();

        Manifest.Index parsed = (Manifest.Index) Manifest.parse(index.digest(), index.manifest(), MediaType.OCI_INDEX);

        assertThat(parsed.entries())
                .extracting(entry -> entry.platform().toString())
                .containsExactly("linux/amd64", "linux/arm64/v8");
        assertThat(parsed.children()).extracting(Descriptor::digest).containsExactly(image(7).digest(), arm.digest());
    }

    @Test
    void nestsAnIndex() {
        TestImage inner = ImageBuilder.index().add(image(7)).build();
        TestImage outer = ImageBuilder.index().docker().add(inner).build();

        assertThat(Manifest.parse(outer.digest(), outer.manifest(), MediaType.DOCKER_LIST)
                        .children())
                .containsExactly(inner.descriptor());
    }

    @Test
    void namesAForeignLayerThatTheRegistryDoesNotHold() {
        TestImage image = ImageBuilder.image()
                .foreignLayer(9, "https://mcr.example/layer")
                .layer(5)
                .build();

        assertThat(Manifest.parse(image.digest(), image.manifest(), image.mediaType())
                        .foreign())
                .hasSize(1);
        assertThat(image.layers()).hasSize(1);
    }

    @Test
    void writesAnArtifactThatRefersToAnImage() {
        TestImage signature = ImageBuilder.image()
                .artifact("application/vnd.example.signature")
                .subject(image(7))
                .annotation("made-by", "a test")
                .layer(5)
                .build();

        assertThat(new String(signature.manifest(), StandardCharsets.UTF_8))
                .contains("\"artifactType\":\"application/vnd.example.signature\"")
                .contains("\"subject\":{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\""
                        + image(7).digest())
                .contains("\"annotations\":{\"made-by\":\"a test\"}");
        assertThat(signature.config().bytes()).isEqualTo("{}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void buildsLayersLargerThanMemory() {
        Content layer = new Content.Seeded(1, 1L << 40);
        byte[] end = new byte[16];
        layer.read((1L << 40) - 16, end, 0, 16);

        assertThat(end).isNotEqualTo(new byte[16]);
    }

    private static TestImage image(long seed) {
        return ImageBuilder.image().seed(seed).layer(10_000).layer(333).build();
    }
}
