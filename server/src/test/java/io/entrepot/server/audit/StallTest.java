package io.entrepot.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A disk that hangs is told from one that has nothing to do, and from one that is slow. */
class StallTest {

    private long nanos = 7;
    private final Stall stall = new Stall(() -> nanos);

    private boolean after(int seconds) {
        nanos += Duration.ofSeconds(seconds).toNanos();
        stall.look();
        return stall.isNow();
    }

    @Test
    void nobodyWaitsAndNothingHappens() {
        assertThat(after(1)).isFalse();
        assertThat(after(60)).isFalse();
    }

    @Test
    void whoeverWaitsWaitsInVain() {
        assertThat(after(60)).isFalse();
        stall.begun();
        assertThat(after(2)).isFalse();
        assertThat(after(2)).isTrue();
        stall.ended();
        assertThat(after(1)).isFalse();
    }

    @Test
    void aDiskThatAnswersNowAndThenIsSlowAlone() {
        for (int i = 0; i < 10; i++) {
            stall.begun();
            stall.begun();
            assertThat(after(2)).isFalse();
            stall.ended();
            assertThat(after(2)).isFalse();
        }
    }
}
