package io.entrepot.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {

    @Test
    void takesTheMiddleOfAnOddNumber() {
        assertThat(new Samples(List.of(9.0, 1.0, 5.0)).median()).isEqualTo(5);
    }

    @Test
    void takesTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
        assertThat(new Samples(List.of(9.0, 1.0, 5.0, 6.0)).median()).isEqualTo(5.5);
    }

    @Test
    void knowsItsEnds() {
        Samples samples = new Samples(List.of(9.0, 1.0, 5.0));

        assertThat(samples.min()).isEqualTo(1);
        assertThat(samples.max()).isEqualTo(9);
    }

    @Test
    void dropsTheFirstRoundsAsTheyWereRun() {
        assertThat(Samples.dropping(2, List.of(9.0, 1.0, 5.0, 6.0)).values()).containsExactly(5.0, 6.0);
    }

    @Test
    void comparesMedians() {
        assertThat(new Samples(List.of(3.0)).over(new Samples(List.of(2.0)))).isEqualTo(1.5);
    }

    @Test
    void refusesNothing() {
        assertThatThrownBy(() -> new Samples(List.of())).hasMessage("samples: none (expected: at least one)");
    }
}
