package io.entrepot.loadtest.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.entrepot.loadtest.soak.Vitals.Trend;
import org.junit.jupiter.api.Test;

class VitalsTest {

    @Test
    void takeTheSlopeOfMostForThatOfAll() {
        assertThat(Vitals.slope(new double[] {1, 3, 5, 7, 9})).isEqualTo(2);
        assertThat(Vitals.slope(new double[] {4, 4, 900, 4, 4, 4, 4})).isZero();
        assertThat(Vitals.slope(new double[] {10, 11, 9, 12, 10, 13, 11, 14})).isCloseTo(0.5, within(0.2));
        assertThat(Vitals.slope(new double[] {7})).isZero();
    }

    @Test
    void seeWhatGrows() {
        assertThat(new Trend("threads", 40, 0, 0.05).isLevel()).isTrue();
        assertThat(new Trend("threads", 40, 2.1, 0.05).isLevel()).isFalse();
        assertThat(new Trend("threads", 40, 2.1, 0.05).toString()).endsWith("GROWS");
    }

    @Test
    void areThoseOfAProcessThatRuns() {
        Vitals vitals = new Vitals(ProcessHandle.current().pid());
        for (int i = 0; i < 3; i++) {
            vitals.sample();
        }

        assertThat(vitals.memory().median()).isGreaterThan(10);
        assertThat(vitals.threads().median()).isGreaterThan(3);
        assertThat(vitals.descriptorsTrend().median()).isGreaterThan(3);
    }
}
