package io.entrepot.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.entrepot.server.net.Transport;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process whose event loops do not turn is not alive, and is again when they do. */
@Timeout(60)
class HealthTest {

    private final EventLoopGroup loops = Transport.best().loops(2, "loop");
    private final LoopWatch watch = new LoopWatch(loops);
    private final Health health = new Health(watch, Duration.ofSeconds(1), List::of);

    @AfterEach
    void stop() throws InterruptedException {
        watch.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
    }

    @Test
    void followsALoopThatHangsAndGoesOn() {
        AtomicBoolean hang = new AtomicBoolean(true);
        loops.next().execute(() -> {
            while (hang.get()) {
                continue;
            }
        });

        waitFor(503);
        assertThat(watch.lags()).anyMatch(lag -> lag > 0.5);
        hang.set(false);
        waitFor(200);
    }

    private void waitFor(int status) {
        while (((Reply.Whole) health.live()).status() != status) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }
}
