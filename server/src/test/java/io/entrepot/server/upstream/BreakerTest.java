package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.upstream.Breaker.Permit;
import io.entrepot.server.upstream.Breaker.State;
import io.entrepot.server.upstream.UpstreamException.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a breaker lets requests by. */
class BreakerTest {

    private static final UpstreamException BROKEN = new UpstreamException(Kind.FAILED, "500");
    private static final UpstreamException LATE = new UpstreamException(Kind.TIMEOUT, "late");

    private final Breaker breaker = new Breaker();
    private long now = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();

    @Test
    void letsEverybodyByAtFirst() {
        assertThat(breaker.mayAsk(now)).isTrue();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.why()).isEmpty();
    }

    @Test
    void opensAtTheFifthFailureInARow() {
        for (int i = 0; i < 4; i++) {
            assertThat(fail(BROKEN)).isFalse();
        }

        assertThat(fail(BROKEN)).isTrue();
        assertThat(breaker.ask(now)).isEmpty();
        assertThat(breaker.why()).contains(BROKEN);
        assertThat(breaker.askedAgainIn(now)).isEqualTo(Breaker.FIRST_PAUSE);
    }

    @Test
    void beginsToCountAnewAfterAnAnswer() {
        for (int i = 0; i < 4; i++) {
            fail(BROKEN);
        }
        assertThat(breaker.answered(now)).isFalse();

        assertThat(fail(BROKEN)).isFalse();
    }

    @Test
    void opensWhereNothingIsAnsweredInAllTheTimeOfARequest() {
        breaker.answered(now);
        Permit hanging = ask();
        pass(10);

        assertThat(breaker.failed(hanging, LATE, now)).isTrue();
    }

    @Test
    void staysClosedWhereOneRequestIsSlowAndOthersAreAnswered() {
        Permit slow = ask();
        pass(5);
        breaker.answered(now);
        pass(5);

        assertThat(breaker.failed(slow, LATE, now)).isFalse();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void sendsOneProbeWhenItsPauseIsOver() {
        open();
        assertThat(breaker.mayAsk(now)).isFalse();
        pass(1);

        assertThat(breaker.ask(now)).isPresent();
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.ask(now)).isEmpty();
    }

    @Test
    void closesWhenItsProbeIsAnswered() {
        open();
        pass(1);
        ask();

        assertThat(breaker.answered(now)).isTrue();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.why()).isEmpty();
        assertThat(fail(BROKEN)).isFalse();
    }

    @Test
    void pausesTwiceAsLongAfterEachProbeThatFailsUpToABound() {
        open();
        pass(1);
        for (long seconds : new long[] {2, 4, 8, 10, 10}) {
            assertThat(breaker.failed(ask(), BROKEN, now)).isFalse();

            assertThat(breaker.askedAgainIn(now)).isEqualTo(Duration.ofSeconds(seconds));
            pass(seconds - 1);
            assertThat(breaker.mayAsk(now)).isFalse();
            pass(1);
        }
    }

    @Test
    void startsOverWithAShortPauseOnlyAfterAnAnswerToWhatWasNoProbe() {
        open();
        pass(1);
        breaker.failed(ask(), BROKEN, now);
        pass(2);
        ask();
        breaker.answered(now);

        open();
        assertThat(breaker.askedAgainIn(now)).isEqualTo(Duration.ofSeconds(4));

        pass(4);
        ask();
        breaker.answered(now);
        breaker.answered(now);
        open();
        assertThat(breaker.askedAgainIn(now)).isEqualTo(Breaker.FIRST_PAUSE);
    }

    @Test
    void waitsAsLongAsItWasAskedToWithinItsBound() {
        for (int i = 0; i < 5; i++) {
            fail(new UpstreamException(Kind.FAILED, "503", Duration.ofSeconds(7)));
        }
        assertThat(breaker.askedAgainIn(now)).isEqualTo(Duration.ofSeconds(7));

        pass(7);
        breaker.failed(ask(), new UpstreamException(Kind.FAILED, "503", Duration.ofHours(1)), now);
        assertThat(breaker.askedAgainIn(now)).isEqualTo(Breaker.LONGEST_PAUSE);
    }

    @Test
    void closesWhenSomethingThatWasAskedBeforeIsAnsweredAfterAll() {
        Permit early = ask();
        open();

        assertThat(breaker.answered(now)).isTrue();
        assertThat(breaker.failed(early, LATE, now)).isFalse();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void isNotOpenedAgainByWhatWasAskedBeforeItClosed() {
        Permit[] early = new Permit[10];
        for (int i = 0; i < early.length; i++) {
            early[i] = ask();
        }
        open();
        pass(1);
        ask();
        breaker.answered(now);

        for (Permit each : early) {
            assertThat(breaker.failed(each, LATE, now)).isFalse();
        }
    }

    @Test
    void sendsAnotherProbeWhereOneSaidNothing() {
        open();
        pass(1);
        breaker.unclear(ask());

        assertThat(breaker.mayAsk(now)).isTrue();
    }

    @Test
    void doesNotWaitForeverForAProbeThatNeverEnds() {
        open();
        pass(1);
        ask();
        pass(60);
        assertThat(breaker.mayAsk(now)).isFalse();
        pass(61);

        assertThat(breaker.mayAsk(now)).isTrue();
    }

    private void open() {
        for (int i = 0; i < 5; i++) {
            fail(BROKEN);
        }
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    private boolean fail(UpstreamException why) {
        return breaker.failed(ask(), why, now);
    }

    private Permit ask() {
        return breaker.ask(now).orElseThrow();
    }

    private void pass(long seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }
}
