package io.entrepot.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes events without ever making the caller wait, and writes them on a thread of its own. When whoever reads our output
 * does not keep up, events are dropped and counted.
 */
final class LogQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {

    private static final int CAPACITY = 8_192;
    private static final long STOP_MILLIS = 2_000;

    private final LineFormat format;
    private final PrintStream out;
    private final Queue<ILoggingEvent> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer = new Thread(this::write, "log");
    private volatile boolean stopping;

    LogQueue(LineFormat format, OutputStream out) {
        this.format = format;
        this.out = new PrintStream(out, false, StandardCharsets.UTF_8);
        writer.setDaemon(true);
    }

    /** Events that were dropped since the start. */
    long dropped() {
        return dropped.get();
    }

    @Override
    public void start() {
        super.start();
        writer.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.getFormattedMessage(); // Now, while its arguments are what they were.
        if (waiting.incrementAndGet() > CAPACITY) {
            waiting.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        queue.add(event);
        LockSupport.unpark(writer);
    }

    /** Writes what is waiting, then ends. */
    @Override
    public void stop() {
        super.stop();
        stopping = true;
        LockSupport.unpark(writer);
        try {
            writer.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        while (true) {
            boolean last = stopping;
            @Nullable ILoggingEvent event = queue.poll();
            if (event != null) {
                waiting.decrementAndGet();
                out.print(format.format(event));
            } else {
                out.flush();
                if (last) {
                    return;
                }
                LockSupport.park(this);
            }
        }
    }
}
