package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SlowdownTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final Slowdown slowdown = new Slowdown(Duration.ofSeconds(10), Duration.ofSeconds(30));

    @Test
    void isOverBeforeItBegins() {
        assertThat(slowdown.isOver(NOON)).isTrue();
        assertThat(slowdown.left(NOON)).isZero();
    }

    @Test
    void lastsAsLongAsItWasSaid() {
        slowdown.refused(Duration.ofMinutes(7), NOON);

        assertThat(slowdown.left(NOON)).isEqualTo(Duration.ofMinutes(7));
        assertThat(slowdown.isOver(NOON.plus(Duration.ofMinutes(7)))).isTrue();
    }

    @Test
    void lastsASecondAtLeast() {
        slowdown.refused(Duration.ofMillis(1), NOON);

        assertThat(slowdown.left(NOON)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void lastsLongerEachTimeWhereNothingWasSaid() {
        assertThat(refusedAt(NOON)).isEqualTo(Duration.ofSeconds(10));
        assertThat(refusedAt(NOON.plusSeconds(10))).isEqualTo(Duration.ofSeconds(20));
        assertThat(refusedAt(NOON.plusSeconds(30))).isEqualTo(Duration.ofSeconds(30));
        assertThat(refusedAt(NOON.plusSeconds(60))).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void countsWhatWasRefusedTogetherOnce() {
        refusedAt(NOON);
        slowdown.refused(Duration.ZERO, NOON.plusSeconds(1));

        assertThat(slowdown.left(NOON)).isEqualTo(Duration.ofSeconds(10));
        assertThat(refusedAt(NOON.plusSeconds(10))).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void beginsAnewWhenItWasAnswered() {
        refusedAt(NOON);
        slowdown.answered(NOON.plusSeconds(10));

        assertThat(refusedAt(NOON.plusSeconds(11))).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void isNotEndedByAnAnswerThatWasUnderWay() {
        refusedAt(NOON);
        slowdown.answered(NOON.plusSeconds(1));

        assertThat(slowdown.isOver(NOON.plusSeconds(2))).isFalse();
        assertThat(refusedAt(NOON.plusSeconds(10))).isEqualTo(Duration.ofSeconds(20));
    }

    private Duration refusedAt(Instant now) {
        slowdown.refused(Duration.ZERO, now);
        return slowdown.left(now);
    }
}
