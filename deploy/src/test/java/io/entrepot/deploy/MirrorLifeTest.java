package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.Gate;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.TestImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged mirror: one fetch for a crowd, kill -9 in the middle, SIGTERM. */
class MirrorLifeTest {

    @TempDir
    Path dir;

    @Test
    void fiftyClientsOfAColdImageCostOneFetchFromARealRegistry() throws Exception {
        try (RealRegistry upstream = RealRegistry.start(dir.resolve("upstream"));
                PackagedMirror mirror = PackagedMirror.ofDockerHub(dir.resolve("mirror"), upstream.url())) {
            Images.pushLarge(dir, upstream.host() + "/library/large:1", 16);
            String manifest = RawHttp.get(mirror.uri("/v2/docker.io/library/large/manifests/1"))
                    .text();
            String layer = manifest.replaceAll("(?s).*\"layers\":.*?\"digest\":\\s*\"(sha256:[0-9a-f]{64})\".*", "$1");
            long headsOfThePush = upstream.count("HEAD", "/blobs/" + layer);
            ExecutorService clients = Executors.newFixedThreadPool(50);
            List<CompletableFuture<RawHttp.Drained>> pulls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                pulls.add(CompletableFuture.supplyAsync(
                        () -> RawHttp.drain(mirror.uri("/v2/docker.io/library/large/blobs/" + layer)), clients));
            }

            assertThat(pulls)
                    .allSatisfy(pull -> assertThat(pull.join().digest()).hasToString(layer));
            clients.shutdown();
            assertThat(upstream.count("GET", "/blobs/" + layer)).isEqualTo(1);
            assertThat(upstream.count("HEAD", "/blobs/" + layer)).isEqualTo(headsOfThePush);
        }
    }

    @Test
    void losesNothingAndServesNothingWrongAfterKillNineInTheMiddle() throws Exception {
        TestImage image =
                ImageBuilder.image().seed(3).layer(20_000).layer(8_000_000).build();
        try (FakeRegistry upstream = FakeRegistry.start();
                PackagedMirror mirror = PackagedMirror.ofDockerHub(
                        dir.resolve("mirror"), upstream.url().toString())) {
            upstream.push("library/app", "1", image);
            String blobs = "/v2/docker.io/library/app/blobs/";
            String small = blobs + image.layer(0).digest();
            String large = blobs + image.layer(1).digest();
            for (int round = 0; round < Integer.getInteger("entrepot.kills", 5); round++) {
                assertThat(RawHttp.get(mirror.uri("/v2/docker.io/library/app/manifests/1"))
                                .digest())
                        .isEqualTo(image.digest());
                assertThat(RawHttp.get(mirror.uri(small)).digest())
                        .isEqualTo(image.layer(0).digest());
                mirror.awaitCommit(image.layer(0).digest());
                Gate gate =
                        upstream.holdBody(image.layer(1).digest().hex(), 1_000_000L + round * 1_000_000L % 6_000_000L);
                CompletableFuture<RawHttp.Drained> cut =
                        CompletableFuture.supplyAsync(() -> RawHttp.drain(mirror.uri(large)));
                gate.awaitWaiting(1);
                mirror.kill();
                assertThat(cut.handle((drained, failure) -> failure != null || !drained.complete())
                                .join())
                        .isTrue();
                gate.release();
                upstream.forgetSeen();
                mirror.restart();

                assertThat(RawHttp.get(mirror.uri("/v2/docker.io/library/app/manifests/" + image.digest()))
                                .digest())
                        .isEqualTo(image.digest());
                assertThat(RawHttp.get(mirror.uri(small)).digest())
                        .isEqualTo(image.layer(0).digest());
                assertThat(upstream.count("/blobs/" + image.layer(0).digest())).isZero();
            }
            assertThat(RawHttp.drain(mirror.uri(large)).digest())
                    .isEqualTo(image.layer(1).digest());
        }
    }

    @Test
    void finishesWhatIsInFlightOnSigterm() throws Exception {
        TestImage image = ImageBuilder.image().seed(4).layer(2_000_000).build();
        try (FakeRegistry upstream = FakeRegistry.start();
                PackagedMirror mirror = PackagedMirror.ofDockerHub(
                        dir.resolve("mirror"), upstream.url().toString())) {
            upstream.push("library/app", "1", image);
            RawHttp.get(mirror.uri("/v2/docker.io/library/app/manifests/1"));
            Gate gate = upstream.holdBody("/blobs/", 500_000);
            CompletableFuture<RawHttp.Drained> pull = CompletableFuture.supplyAsync(() -> RawHttp.drain(mirror.uri(
                    "/v2/docker.io/library/app/blobs/" + image.layer(0).digest())));
            gate.awaitWaiting(1);
            CompletableFuture<Integer> ended = CompletableFuture.supplyAsync(() -> terminate(mirror));
            gate.release();

            assertThat(pull.join().digest()).isEqualTo(image.layer(0).digest());
            assertThat(ended.join()).isZero();
        }
    }

    private static int terminate(PackagedMirror mirror) {
        try {
            return mirror.terminate();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
