package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TallyTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration SLOT = Duration.ofHours(6).dividedBy(96);

    private final Tally tally = new Tally(Duration.ofHours(6));

    @Test
    void countsWhatHappenedWithinTheWindow() {
        tally.add(NOON);
        tally.add(NOON.plus(Duration.ofHours(3)));

        assertThat(tally.count(NOON.plus(Duration.ofHours(3)))).isEqualTo(2);
        assertThat(tally.count(NOON.plus(Duration.ofHours(6)).plus(SLOT))).isEqualTo(1);
        assertThat(tally.count(NOON.plus(Duration.ofDays(9)))).isZero();
    }

    @Test
    void countsAPartOfIt() {
        tally.add(NOON);
        tally.add(NOON.plus(Duration.ofHours(3)));

        assertThat(tally.count(NOON.plus(Duration.ofHours(3)), Duration.ofHours(1)))
                .isEqualTo(1);
    }

    @Test
    void saysWhenTheOldestLeaves() {
        assertThat(tally.oldestLeaves(NOON)).isEmpty();
        tally.add(NOON);
        tally.add(NOON.plus(Duration.ofHours(3)));

        assertThat(tally.oldestLeaves(NOON.plus(Duration.ofHours(3))).orElseThrow())
                .isBetween(
                        NOON.plus(Duration.ofHours(6)),
                        NOON.plus(Duration.ofHours(6)).plus(SLOT));
        assertThat(tally.oldestLeaves(NOON.plus(Duration.ofHours(7))).orElseThrow())
                .isBetween(
                        NOON.plus(Duration.ofHours(9)),
                        NOON.plus(Duration.ofHours(9)).plus(SLOT));
    }

    @Test
    void countsInAWindowOfASecond() {
        Tally second = new Tally(Duration.ofSeconds(1));
        second.add(NOON);

        assertThat(second.count(NOON.plusMillis(900))).isEqualTo(1);
        assertThat(second.count(NOON.plusMillis(1_100))).isZero();
    }
}
