package io.entrepot.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.loadtest.Await;
import io.entrepot.loadtest.FakeRegistry;
import io.entrepot.loadtest.ImageBuilder;
import io.entrepot.loadtest.RawHttp;
import io.entrepot.loadtest.RawHttp.Response;
import io.entrepot.loadtest.TestImage;
import io.entrepot.loadtest.TokenAuth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** F37: somebody sets the clock, by a year or by an hour, forwards or backwards, or stops the process for a while. */
@Timeout(300)
@Tag("long")
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
            setRunning(offset);

            assertThat(tag().header("X-Entrepot-Cache")).as(offset).isEqualTo("hit");
            assertThat(layer().header("X-Entrepot-Cache")).as(offset).isEqualTo("hit");
        }
        assertThat(upstream.seen()).isEmpty();
    }

    @Test
    void tokensAndPullsGoOnAfterTheClockWasSet() throws Exception {
        for (String offset : new String[] {"+365d", "-365d"}) {
            setRunning(offset);
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

        assertAsked();
        assertThat(layer().header("X-Entrepot-Cache")).isEqualTo("hit");
        assertThat(upstream.count("/blobs/")).isZero();
    }

    @Test
    void aStartAYearEarlierAsksForTheTagAndServesItStaleIfItMust() throws Exception {
        restartedAt("-365d");

        assertAsked();
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

    /** The upstream confirms the tag, or the answer says that it did not in time: the faked clock makes everything slow. */
    private void assertAsked() {
        assertThat(tag().header("X-Entrepot-Cache")).isIn("revalidated", "stale");
        assertThat(upstream.count("HEAD", "/manifests/1")).isPositive();
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

    /** The answers tell when the mirror has seen it. */
    private void setRunning(String offset) throws Exception {
        set(offset);
        Instant wanted = Instant.now().plus(Duration.parse(duration(offset)));
        Await.until(
                "a clock at " + wanted,
                () -> Duration.between(wanted, date()).abs().toMinutes() < 5);
    }

    private static String duration(String offset) {
        String sign = offset.startsWith("-") ? "-" : "";
        String amount = offset.substring(1);
        return amount.endsWith("d")
                ? sign + "P" + amount.toUpperCase(Locale.ROOT)
                : sign + "PT" + (amount.endsWith("h") ? amount.toUpperCase(Locale.ROOT) : "0S");
    }

    private Instant date() {
        String date = RawHttp.get(mirror.uri("/v2/")).header("Date");
        return DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
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
