package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Gate;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.TestImage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged mirror with its store on a volume of 16 MiB that really runs full. */
class FullDiskTest {

    private static final TestImage SMALL =
            ImageBuilder.image().seed(1).layer(1_000_000).build();
    private static final TestImage MIDDLE =
            ImageBuilder.image().seed(2).layer(8_000_000).build();
    private static final TestImage LARGE =
            ImageBuilder.image().seed(3).layer(40_000_000).build();

    @TempDir
    Path dir;

    private Path volume;
    private FakeRegistry upstream;
    private PackagedMirror mirror;

    @BeforeEach
    void start() throws Exception {
        Tools.requireRoot();
        volume = Files.createDirectories(dir.resolve("mirror/data/cache"));
        Command.of("mount", "-t", "tmpfs", "-o", "size=16m", "entrepot-test")
                .with(volume)
                .run();
        upstream = FakeRegistry.start();
        upstream.push("library/app", "small", SMALL);
        upstream.push("library/app", "middle", MIDDLE);
        upstream.push("library/app", "large", LARGE);
        mirror =
                PackagedMirror.ofDockerHub(dir.resolve("mirror"), upstream.url().toString());
    }

    @AfterEach
    void stop() throws Exception {
        mirror.close();
        upstream.close();
        Command.of("umount").with(volume).run();
    }

    @Test
    void passesThroughWhatIsLargerThanTheVolume() throws Exception {
        assertThat(pull("large", LARGE)).isEqualTo("relay");
        assertThat(pull("small", SMALL)).isEqualTo("fill");
        mirror.awaitCommit(SMALL.layer(0).digest());

        assertThat(pull("small", SMALL)).isEqualTo("hit");
        assertThat(temporaryFiles()).isEmpty();
    }

    @Test
    void goesOnWhenTheVolumeRunsFullInTheMiddleOfABlob() throws Exception {
        manifest("middle", MIDDLE);
        Gate gate = upstream.holdBody(MIDDLE.layer(0).digest().hex(), 2_000_000);
        CompletableFuture<RawHttp.Drained> pull = CompletableFuture.supplyAsync(() -> RawHttp.drain(blob(MIDDLE)));
        gate.awaitWaiting(1);
        fill();
        gate.release();

        assertThat(pull.join().digest()).isEqualTo(MIDDLE.layer(0).digest());
        assertThat(Files.exists(mirror.held(MIDDLE.layer(0).digest()))).isFalse();
    }

    @Test
    void startsAndServesOnAFullVolumeAndKeepsAgainWhenThereIsRoom() throws Exception {
        pull("small", SMALL);
        mirror.awaitCommit(SMALL.layer(0).digest());
        mirror.terminate();
        Path filler = fill();
        mirror.restart();

        assertThat(pull("small", SMALL)).isEqualTo("hit");
        assertThat(pull("middle", MIDDLE)).isEqualTo("relay");

        Files.delete(filler);
        pull("middle", MIDDLE);
        mirror.awaitCommit(MIDDLE.layer(0).digest());
        assertThat(pull("middle", MIDDLE)).isEqualTo("hit");
    }

    /** Pulls manifest and layer; returns what the mirror says of where the layer came from. */
    private String pull(String tag, TestImage image) {
        manifest(tag, image);
        RawHttp.Drained layer = RawHttp.drain(blob(image));
        assertThat(layer.digest()).isEqualTo(image.layer(0).digest());
        return layer.header("X-Entrepot-Cache");
    }

    private void manifest(String tag, TestImage image) {
        RawHttp.Response response = RawHttp.get(mirror.uri("/v2/docker.io/library/app/manifests/" + tag));
        assertThat(response.status()).as(response.text()).isEqualTo(200);
        assertThat(response.digest()).isEqualTo(image.digest());
    }

    private URI blob(TestImage image) {
        return mirror.uri("/v2/docker.io/library/app/blobs/" + image.layer(0).digest());
    }

    /** Takes every byte that is left. */
    private Path fill() throws IOException {
        Path filler = volume.resolve("lost+found");
        byte[] zeros = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(zeros);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
            return filler;
        }
    }

    private Stream<Path> temporaryFiles() throws IOException {
        Path temporary = volume.resolve("tmp");
        return Files.exists(temporary) ? Files.list(temporary) : Stream.empty();
    }
}
