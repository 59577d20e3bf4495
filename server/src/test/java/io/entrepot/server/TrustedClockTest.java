package io.entrepot.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustedClockTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path dir;

    /** What the machine's clock says; the monotonic one says how long it has run. */
    private Instant wall = NOON;

    private long nanos;
    private TrustedClock clock;

    @BeforeEach
    void start() {
        clock = TrustedClock.open(dir.resolve("time"), () -> wall, () -> nanos);
    }

    private void pass(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
    }

    private void setWall(Duration by) {
        wall = wall.plus(by);
    }

    private void restartAfter(Duration down) {
        clock.close();
        wall = wall.plus(down);
        nanos = 17;
        start();
    }

    private Duration passed() {
        return Duration.between(NOON, clock.instant());
    }

    @Test
    void passesByTheMonotonicClockWhateverTheWallSays() {
        pass(HOUR);
        setWall(Duration.ofDays(30));
        assertThat(passed()).isEqualTo(HOUR);

        setWall(Duration.ofDays(-60));
        pass(HOUR);
        assertThat(passed()).isEqualTo(HOUR.multipliedBy(2));
    }

    @Test
    void goesOnAfterARestartFromWhereItWas() {
        pass(HOUR);
        restartAfter(HOUR);
        assertThat(passed()).isEqualTo(HOUR);

        pass(HOUR);
        assertThat(passed()).isEqualTo(HOUR.multipliedBy(2));
    }

    @Test
    void makesUpForADownTimeThatAnUpstreamConfirms() {
        clock.heard(NOON);
        restartAfter(HOUR);
        clock.heard(NOON.plus(HOUR));

        assertThat(passed()).isEqualTo(HOUR);
    }

    @Test
    void makesUpForSeveralDownTimesAtOnce() {
        clock.heard(NOON);
        restartAfter(HOUR);
        pass(HOUR);
        restartAfter(HOUR);
        assertThat(passed()).isEqualTo(HOUR);

        clock.heard(NOON.plus(HOUR.multipliedBy(3)));
        assertThat(passed()).isEqualTo(HOUR.multipliedBy(3));
    }

    @Test
    void aMachineClockThatIsSetForwardHurriesNothing() {
        clock.heard(NOON);
        restartAfter(HOUR);
        setWall(Duration.ofDays(30));
        clock.heard(NOON.plus(HOUR));
        assertThat(passed()).isEqualTo(HOUR);

        pass(HOUR);
        clock.heard(NOON.plus(HOUR.multipliedBy(2)));
        assertThat(passed()).isEqualTo(HOUR.multipliedBy(2));
    }

    @Test
    void anUpstreamThatLiesAboutTheDateHurriesNothing() {
        clock.heard(NOON);
        restartAfter(HOUR);
        clock.heard(NOON.plus(Duration.ofDays(3000)));

        assertThat(passed()).isEqualTo(HOUR);
    }

    @Test
    void aDateFromThePastDoesNotMakeTheNextOneLookLikeALongTime() {
        clock.heard(NOON);
        clock.heard(NOON.minus(Duration.ofDays(3000)));
        setWall(Duration.ofDays(30));
        pass(HOUR);
        clock.heard(NOON.plus(HOUR));

        assertThat(passed()).isEqualTo(HOUR);
    }

    @Test
    void aMachineThatFindsTheTimeAfterItsFirstStartIsNoOlder() {
        wall = Instant.EPOCH;
        restartFresh();
        pass(HOUR);
        setWall(Duration.between(Instant.EPOCH, NOON));
        clock.heard(NOON);
        pass(HOUR);
        clock.heard(NOON.plus(HOUR));

        assertThat(clock.instant()).isEqualTo(Instant.EPOCH.plus(HOUR.multipliedBy(2)));
    }

    private void restartFresh() {
        clock = TrustedClock.open(dir.resolve("another"), () -> wall, () -> nanos);
    }

    @Test
    void neverGoesBack() {
        clock.heard(NOON);
        pass(HOUR);
        setWall(HOUR.multipliedBy(-5));
        clock.heard(NOON.plusSeconds(1));
        assertThat(passed()).isEqualTo(HOUR);

        restartAfter(HOUR.multipliedBy(-5));
        clock.heard(NOON.plusSeconds(2));
        assertThat(passed()).isEqualTo(HOUR);
    }

    @Test
    void withoutAnyDateADownTimeDoesNotCount() {
        restartAfter(Duration.ofDays(30));
        clock.heard(NOON.plus(Duration.ofDays(30)));

        assertThat(passed()).isZero();
    }

    @Test
    void makesUpForATimeInWhichTheMachineSlept() {
        clock.heard(NOON);
        wall = wall.plus(HOUR);
        clock.heard(NOON.plus(HOUR));

        assertThat(passed()).isEqualTo(HOUR);
    }

    @Test
    void beginsAnewWhereTheFileIsNone() throws IOException {
        Files.writeString(dir.resolve("time"), "trusted yesterday");
        start();

        assertThat(clock.instant()).isEqualTo(NOON);
    }
}
