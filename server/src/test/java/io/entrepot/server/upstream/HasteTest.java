package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HasteTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final Haste ours = Haste.ofAll();
    private final Haste alice = ours.ofCaller();
    private final Haste bob = ours.ofCaller();
    private final Haste carol = ours.ofCaller();

    @Test
    void whatIsSaidToUsHoldsForEverybodyForAsLongAsItSays() {
        ours.refused(HOUR, now);

        assertThat(ours.left(now)).isEqualTo(HOUR);
        assertThat(alice.left(now)).isEqualTo(HOUR);
    }

    @Test
    void whatIsSaidToACallerHoldsForThatCallerAlone() {
        alice.refused(HOUR, now);
        alice.refused(HOUR, now);

        assertThat(alice.left(now)).isEqualTo(HOUR);
        assertThat(bob.isOver(now)).isTrue();
        assertThat(ours.isOver(now)).isTrue();
    }

    @Test
    void whatIsSaidToTwoCallersHoldsForEverybodyButNotForLong() {
        alice.refused(HOUR, now);
        bob.refused(HOUR, now);

        assertThat(bob.left(now)).isEqualTo(HOUR);
        assertThat(carol.left(now)).isEqualTo(LONGEST);
        assertThat(ours.left(now)).isEqualTo(LONGEST);
    }

    @Test
    void whatIsSaidToAnotherCallerWhenTheFirstMayAskAgainHoldsForThatOneAlone() {
        alice.refused(Duration.ofMinutes(1), now);
        now = now.plus(Duration.ofMinutes(1));
        bob.refused(HOUR, now);

        assertThat(alice.isOver(now)).isTrue();
        assertThat(carol.isOver(now)).isTrue();
    }

    @Test
    void whereNothingIsSaidItIsLongerEachTimeForWhomItIsSaidTo() {
        alice.refused(Duration.ZERO, now);
        now = now.plus(alice.left(now));
        alice.refused(Duration.ZERO, now);

        assertThat(alice.left(now)).isEqualTo(Duration.ofSeconds(4));
        now = now.plus(alice.left(now));
        alice.answered(now);
        alice.refused(Duration.ZERO, now);
        assertThat(alice.left(now)).isEqualTo(Duration.ofSeconds(2));
    }
}
