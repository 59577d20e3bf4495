package io.entrepot.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A thousand bytes a second, over ten seconds. */
class ReadRateTest {

    private static final long SECOND = 1_000_000_000;

    private final ReadRate rate = new ReadRate(1_000, 10 * SECOND);

    @Test
    void doesNotJudgeBeforeTheWindowIsOver() {
        rate.resume(0);

        assertThat(rate.tooSlow(9 * SECOND, 0)).isFalse();
        assertThat(rate.left(9 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void findsWhoReadTooLittleInAWindow() {
        rate.resume(0);

        assertThat(rate.tooSlow(10 * SECOND, 9_999)).isTrue();
    }

    @Test
    void beginsAnewWithEachWindow() {
        rate.resume(0);

        assertThat(rate.tooSlow(10 * SECOND, 1_000_000)).isFalse();
        assertThat(rate.tooSlow(19 * SECOND, 1_000_000)).isFalse();
        assertThat(rate.tooSlow(20 * SECOND, 1_009_999)).isTrue();
    }

    @Test
    void doesNotCountTheTimeInWhichTheClientWaits() {
        rate.resume(0);
        rate.pause(SECOND);
        rate.resume(100 * SECOND);
        rate.resume(101 * SECOND);

        assertThat(rate.left(102 * SECOND)).isEqualTo(7 * SECOND);
        assertThat(rate.tooSlow(102 * SECOND, 0)).isFalse();
        assertThat(rate.tooSlow(109 * SECOND, 9_000)).isTrue();
    }

    @Test
    void forgetsWhatWasBeforeARestart() {
        rate.resume(0);
        rate.restart(5_000);
        rate.resume(50 * SECOND);

        assertThat(rate.tooSlow(59 * SECOND, 5_000)).isFalse();
        assertThat(rate.tooSlow(60 * SECOND, 15_000)).isFalse();
    }

    @Test
    void allowsEverythingWhereThereIsNoLeastRate() {
        ReadRate none = new ReadRate(0, 10 * SECOND);
        none.resume(0);

        assertThat(none.tooSlow(1_000 * SECOND, 0)).isFalse();
        assertThat(none.left(1_000 * SECOND)).isEqualTo(Long.MAX_VALUE);
    }
}
