package io.entrepot.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One of each kind in a minute, and no more memory than a hundred kinds take. */
class OncePerMinuteTest {

    private long nanos = Long.MAX_VALUE - 5; // nanoTime may overflow
    private final OncePerMinute once = new OncePerMinute(() -> nanos);

    @Test
    void theFirstOfAKindPasses() {
        assertThat(once.pass("a")).hasValue(0);
        assertThat(once.pass("b")).hasValue(0);
        assertThat(once.pass("a")).isEmpty();
    }

    @Test
    void theNextPassesAfterAMinuteAndCountsThoseBetween() {
        once.pass("a");
        once.pass("a");
        once.pass("a");
        nanos += Duration.ofMinutes(1).toNanos();

        assertThat(once.pass("a")).hasValue(2);
        nanos += Duration.ofMinutes(1).toNanos();
        assertThat(once.pass("a")).hasValue(0);
    }

    @Test
    void whoInventsKindsGetsAHundredAndOneLinesAMinute() {
        long passed = 0;
        for (int kind = 0; kind < 10_000; kind++) {
            passed += once.pass("kind-" + kind).isPresent() ? 1 : 0;
        }

        assertThat(passed).isEqualTo(101);
    }

    @Test
    void kindsOfAnEarlierMinuteMakeRoom() {
        for (int kind = 0; kind < 200; kind++) {
            once.pass("kind-" + kind);
        }
        nanos += Duration.ofMinutes(1).toNanos();

        assertThat(once.pass("kind-200")).hasValue(0);
        assertThat(once.pass("kind-201")).hasValue(0);
    }
}
