package io.entrepot.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Time is the channel's own here. */
class WatchdogTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final AtomicInteger barks = new AtomicInteger();
    private final Watchdog watchdog = new Watchdog(channel.eventLoop(), barks::incrementAndGet);

    @BeforeEach
    void stopTheClock() {
        channel.freezeTime();
    }

    @Test
    void barksOnceWhenTheTimeHasPassed() {
        watchdog.start(Duration.ofSeconds(10));

        assertThat(barksAfter(9)).isZero();
        assertThat(barksAfter(1)).isOne();
        assertThat(barksAfter(100)).isOne();
    }

    @Test
    void staysQuietWhenItWasStopped() {
        watchdog.start(Duration.ofSeconds(10));
        watchdog.stop();

        assertThat(barksAfter(100)).isZero();
    }

    @Test
    void countsFromTheLastStart() {
        watchdog.start(Duration.ofSeconds(10));
        assertThat(barksAfter(6)).isZero();
        watchdog.start(Duration.ofSeconds(10));

        assertThat(barksAfter(9)).isZero();
        assertThat(barksAfter(1)).isOne();
    }

    @Test
    void wakesEarlierForAShorterTime() {
        watchdog.start(Duration.ofSeconds(100));
        watchdog.start(Duration.ofSeconds(1));

        assertThat(barksAfter(1)).isOne();
    }

    @Test
    void startsAgainAfterItBarked() {
        watchdog.start(Duration.ofSeconds(1));
        assertThat(barksAfter(1)).isOne();
        watchdog.start(Duration.ofSeconds(1));

        assertThat(barksAfter(1)).isEqualTo(2);
    }

    @Test
    void isGoneForGood() {
        watchdog.start(Duration.ofSeconds(1));
        watchdog.end();

        assertThat(barksAfter(100)).isZero();
    }

    private int barksAfter(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        return barks.get();
    }
}
