package io.entrepot.server.http;

import io.entrepot.config.MirrorConfig.Limits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose client does not keep up: it asks nothing for too long, its request takes too long to come,
 * or it reads nothing of what is written. Nothing is ever bounded in total.
 *
 * <p>A timer is set once and looks at the clock when it fires, so that a request costs two notes and no timer. Used on
 * the connection's event loop only.
 */
final class Deadlines {

    /** What the client is to do next. */
    enum Phase {
        /** To ask something. */
        IDLE,
        /** To finish the request that it began. */
        HEADERS,
        /** To read what is written. */
        READING,
        /** Nothing: it waits for us. */
        NONE
    }

    private final Channel channel;
    private final Limits limits;
    private Phase phase = Phase.NONE;
    private long since;
    private long progress;
    private long due;
    private @Nullable ScheduledFuture<?> timer;

    Deadlines(Channel channel, Limits limits) {
        this.channel = channel;
        this.limits = limits;
    }

    void enter(Phase next) {
        phase = next;
        if (next == Phase.NONE) {
            return;
        }
        since = System.nanoTime();
        progress = written();
        long end = since + limit(next);
        if (timer == null) {
            arm(end);
        } else if (end - due < 0) {
            timer.cancel(false);
            arm(end);
        }
    }

    /** The client began a request; noted once for each. */
    void enterHeaders() {
        if (phase != Phase.HEADERS) {
            enter(Phase.HEADERS);
        }
    }

    void stop() {
        phase = Phase.NONE;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void arm(long end) {
        due = end;
        timer = channel.eventLoop().schedule(this::fired, end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void fired() {
        timer = null;
        if (phase == Phase.NONE) {
            return;
        }
        noteProgress();
        long end = since + limit(phase);
        if (end - System.nanoTime() <= 0) {
            channel.close();
        } else {
            arm(end);
        }
    }

    private void noteProgress() {
        long now = written();
        if (phase == Phase.READING && now != progress) {
            progress = now;
            since = System.nanoTime();
        }
    }

    /** A number that changes when bytes go out; for large regions while they do. */
    private long written() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.currentProgress() * 31 + out.size() + out.totalPendingWriteBytes();
    }

    private long limit(Phase phase) {
        return switch (phase) {
            case IDLE -> nanos(limits.idleTimeout());
            case HEADERS -> nanos(limits.headerTimeout());
            case READING -> nanos(limits.writeTimeout());
            case NONE -> Long.MAX_VALUE;
        };
    }

    private static long nanos(Duration duration) {
        return duration.toNanos();
    }
}
