package io.entrepot.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PacerTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void givesBytesTheTimeThatTheyTake() {
        assertThat(new Pacer(1_000).reserve(500, 0)).isEqualTo(SECOND / 2);
    }

    @Test
    void letsStreamsQueueForTheSameRate() {
        Pacer shared = new Pacer(1_000);
        shared.reserve(500, 0);

        assertThat(shared.reserve(500, 0)).isEqualTo(SECOND);
    }

    @Test
    void savesNothingUpWhileItRests() {
        Pacer pacer = new Pacer(1_000);
        pacer.reserve(500, 0);

        assertThat(pacer.reserve(500, 10 * SECOND)).isEqualTo(SECOND / 2);
    }
}
