package io.entrepot.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.config.RateLimits.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PacerTest {

    private static final Duration WAIT = Duration.ofSeconds(5);

    private final Time time = new Time();

    @Test
    void letsABurstGoAndThenSoManyASecond() {
        Pacer pacer = pacer(10, 3, 100);
        List<CompletableFuture<Boolean>> turns = enter(pacer, 8);

        assertThat(gone(turns)).isEqualTo(3);
        time.pass(Duration.ofMillis(101));
        assertThat(gone(turns)).isEqualTo(4);
        time.pass(Duration.ofMillis(201));
        assertThat(gone(turns)).isEqualTo(6);
        assertThat(pacer.waiting()).isEqualTo(2);
    }

    @Test
    void savesNoMoreThanABurst() {
        Pacer pacer = pacer(10, 3, 100);
        time.pass(Duration.ofHours(1));

        assertThat(gone(enter(pacer, 8))).isEqualTo(3);
    }

    @Test
    void neverLetsMoreGoInAMinuteThanBurstAndRateAllow() {
        Pacer pacer = pacer(20, 200, 100_000);
        List<CompletableFuture<Boolean>> turns = enter(pacer, 1_800);
        for (int i = 0; i < 60; i++) {
            time.pass(Duration.ofSeconds(1));
            turns.addAll(enter(pacer, 20));
        }

        assertThat(gone(turns)).isBetween(1_300L, 200L + 60 * 20);
    }

    @Test
    void hasSoManyUnderWayAtATime() {
        Pacer pacer = pacer(0, 1, 2);
        List<CompletableFuture<Boolean>> turns = enter(pacer, 4);

        assertThat(gone(turns)).isEqualTo(2);
        pacer.leave();
        assertThat(gone(turns)).isEqualTo(3);
    }

    @Test
    void letsLanesTakeTurns() {
        Pacer pacer = pacer(0, 1, 1);
        enter(pacer, 1);
        List<CompletableFuture<Boolean>> many = enter(pacer, 100);
        CompletableFuture<Boolean> other = pacer.enter("other");

        pacer.leave();
        assertThat(gone(many)).isEqualTo(1);
        pacer.leave();
        assertThat(other).isCompletedWithValue(true);
        pacer.leave();
        assertThat(gone(many)).isEqualTo(2);
    }

    @Test
    void keepsTheOrderWithinALane() {
        Pacer pacer = pacer(0, 1, 1);
        List<CompletableFuture<Boolean>> turns = enter(pacer, 3);

        pacer.leave();

        assertThat(turns.get(1)).isCompletedWithValue(true);
        assertThat(turns.get(2)).isNotDone();
    }

    @Test
    void givesUpWhoWaitedTooLongAndForgetsThem() {
        Pacer pacer = pacer(0, 1, 1);
        List<CompletableFuture<Boolean>> turns = enter(pacer, 2);
        time.pass(WAIT);

        assertThat(turns.get(1)).isCompletedWithValue(false);
        assertThat(pacer.waiting()).isZero();
        pacer.leave();
        assertThat(pacer.enter("")).isCompletedWithValue(true);
    }

    @Test
    void doesNotGiveUpWhoHasGone() {
        Pacer pacer = pacer(0, 1, 1);
        List<CompletableFuture<Boolean>> turns = enter(pacer, 2);
        pacer.leave();
        time.pass(WAIT);

        assertThat(turns.get(1)).isCompletedWithValue(true);
    }

    @Test
    void letsAnyNumberGoThatEndAtOnce() {
        Pacer pacer = pacer(0, 1, 1);
        enter(pacer, 1);
        List<CompletableFuture<Boolean>> turns = enter(pacer, 2_000);
        turns.forEach(turn -> turn.thenRun(pacer::leave));

        pacer.leave();

        assertThat(gone(turns)).isEqualTo(2_000);
    }

    @Test
    void boundsHowManyWait() {
        Pacer pacer = pacer(0, 1, 1);
        List<CompletableFuture<Boolean>> turns = enter(pacer, 2_001);

        assertThat(pacer.enter("one")).isCompletedWithValue(false);
        assertThat(pacer.waiting()).isEqualTo(2_000);
        assertThat(gone(turns)).isEqualTo(1);
    }

    @Test
    void givesThePlaceOfWhoHasMostToWhoComesWhenAllAreTaken() {
        Pacer pacer = pacer(0, 1, 1);
        List<CompletableFuture<Boolean>> turns = enter(pacer, 2_001);
        CompletableFuture<Boolean> other = pacer.enter("other");

        assertThat(other).isNotDone();
        assertThat(turns.get(2_000)).isCompletedWithValue(false);
        assertThat(turns.get(1_999)).isNotDone();
        assertThat(pacer.waiting()).isEqualTo(2_000);
        pacer.leave();
        pacer.leave();
        assertThat(other).isCompletedWithValue(true);
    }

    @Test
    void turnsAwayWhoComesWhereNobodyHasMoreThanOthers() {
        Pacer pacer = pacer(0, 1, 1);
        for (int i = 0; i < 2_001; i++) {
            pacer.enter("lane-" + i);
        }

        assertThat(pacer.enter("other")).isCompletedWithValue(false);
        for (int i = 0; i < 2_000; i++) {
            pacer.leave();
        }
        assertThat(pacer.waiting()).isZero();
    }

    private Pacer pacer(int rate, int burst, int atOnce) {
        return new Pacer(new Pace(rate, burst, atOnce, WAIT), time::now, time::after);
    }

    private static List<CompletableFuture<Boolean>> enter(Pacer pacer, int times) {
        List<CompletableFuture<Boolean>> turns = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            turns.add(pacer.enter("one"));
        }
        return turns;
    }

    private static long gone(List<CompletableFuture<Boolean>> turns) {
        return turns.stream().filter(turn -> turn.getNow(false)).count();
    }

    /** A clock with alarms that passes when it is told to. */
    private static final class Time {

        private record Alarm(long at, Runnable work) {}

        private final PriorityQueue<Alarm> alarms = new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));
        private long now = 1;

        long now() {
            return now;
        }

        void after(Duration time, Runnable work) {
            alarms.add(new Alarm(now + time.toNanos(), work));
        }

        void pass(Duration time) {
            long end = now + time.toNanos();
            while (!alarms.isEmpty() && alarms.peek().at <= end) {
                Alarm next = alarms.remove();
                now = Math.max(now, next.at);
                next.work.run();
            }
            now = end;
        }
    }
}
