package io.entrepot.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Logging makes nobody wait. */
@Timeout(60)
class LogQueueTest {

    private final LoggerContext context = new LoggerContext();

    @Test
    void writesWhatWaitsBeforeItStops() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogQueue queue = started(out);
        for (int i = 0; i < 1_000; i++) {
            queue.doAppend(event("event " + i));
        }

        queue.stop();

        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(1_000);
        assertThat(queue.dropped()).isZero();
    }

    @Test
    void dropsAndCountsWhenNobodyReads() throws Exception {
        CountDownLatch reader = new CountDownLatch(1);
        LogQueue queue = started(new Stuck(reader));

        for (int i = 0; i < 20_000; i++) {
            queue.doAppend(event("event " + i));
        }

        assertThat(queue.dropped()).isGreaterThan(10_000);
        reader.countDown();
        queue.stop();
    }

    private LogQueue started(OutputStream out) {
        LogQueue queue = new LogQueue(new TextLines(), out);
        queue.setContext(context);
        queue.start();
        return queue;
    }

    private LoggingEvent event(String message) {
        return new LoggingEvent("", context.getLogger("x"), Level.INFO, message, null, null);
    }

    /** A pipe that is full until somebody reads it. */
    private static final class Stuck extends OutputStream {

        private final CountDownLatch reader;

        Stuck(CountDownLatch reader) {
            this.reader = reader;
        }

        @Override
        public void write(int b) {
            try {
                reader.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
