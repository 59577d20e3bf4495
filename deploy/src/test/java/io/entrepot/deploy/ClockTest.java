package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.loadtest.TokenAuth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** F37: somebody sets the clock, by a year or by an hour, forwards or backwards, or stops the process for a while. */
@Timeout(180)
class ClockTest {

    @TempDir
    Path dir;

    private final FakeRegistry upstream =
            FakeRegistry.builder().auth(TokenAuth.anonymous()).start();
    private final TestImage image = ImageBuilder.image().seed(37).layer(200_000).build();
    private Path clock;
    private PackagedMirror mirror;

    @BeforeEach
    void start() throws Exception {
        upstream.push("library/app", "1", image);
        clock = dir.resolve("clock");
        set("+0");
        mirror = PackagedMirror.ofDockerHubWithClock(
                dir.resolve("mirror"), upstream.url().toString(), clock);
        assertThat(tag().status()).isEqualTo(200);
        assertThat(layer().digest()).isEqualTo(image.layer(0).digest());
        mirror.awaitCommit(image.layer(0).digest());
        upstream.forgetSeen();
    }

    @AfterEach
    void stop() {
        mirror.close();
        upstream.close();
    }

    @Test
    void aClockThatIsSetMakesNoTagOlderAndPurgesNothing() throws Exception {
        for (String offset : new String[] {"+365d", "-1h", "-365d", "+0"}) {
            set(offset);

            assertThat(tag().header("X-Entrepot-Cache")).as(offset).isEqualTo("hit");
            assertThat(layer().header("X-Entrepot-Cache")).as(offset).isEqualTo("hit");
        }
        assertThat(upstream.seen()).isEmpty();
    }

    @Test
    void tokensAndPullsGoOnAfterTheClockWasSet() throws Exception {
        for (String offset : new String[] {"+365d", "-365d"}) {
            set(offset);
            TestImage other =
                    ImageBuilder.image().seed(offset.hashCode()).layer(1_000).build();
            upstream.push("library/app", "later", other);

            assertThat(RawHttp.get(mirror.uri("/v2/docker.io/library/app/manifests/" + other.digest()))
                            .status())
                    .as(offset)
                    .isEqualTo(200);
        }
    }

    @Test
    void aStartAYearLaterAsksForTheTagAndHoldsTheBlobs() throws Exception {
        restartedAt("+365d");

        assertThat(tag().header("X-Entrepot-Cache")).isEqualTo("revalidated");
        assertThat(layer().header("X-Entrepot-Cache")).isEqualTo("hit");
        assertThat(upstream.count("/blobs/")).isZero();
    }

    @Test
    void aStartAYearEarlierAsksForTheTagAndServesItStaleIfItMust() throws Exception {
        restartedAt("-365d");

        assertThat(tag().header("X-Entrepot-Cache")).isEqualTo("revalidated");
        assertThat(layer().header("X-Entrepot-Cache")).isEqualTo("hit");
        restartedAt("-366d");
        upstream.stop();
        assertThat(tag().header("X-Entrepot-Cache")).isEqualTo("stale");
    }

    @Test
    void aProcessThatWasStoppedGoesOn() throws Exception {
        signal("STOP");
        Thread.sleep(2_000);
        signal("CONT");

        assertThat(tag().header("X-Entrepot-Cache")).isEqualTo("hit");
        assertThat(layer().digest()).isEqualTo(image.layer(0).digest());
    }

    private void restartedAt(String offset) throws Exception {
        mirror.terminate();
        set(offset);
        mirror.restart();
        upstream.forgetSeen();
    }

    private void set(String offset) throws IOException {
        Files.writeString(clock, offset + "\n");
    }

    private void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(mirror.pid()))
                .start()
                .waitFor();
    }

    private Response tag() {
        return RawHttp.get(mirror.uri("/v2/docker.io/library/app/manifests/1"));
    }

    private Response layer() {
        return RawHttp.get(
                mirror.uri("/v2/docker.io/library/app/blobs/" + image.layer(0).digest()));
    }
}
