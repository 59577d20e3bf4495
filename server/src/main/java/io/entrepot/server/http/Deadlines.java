package io.entrepot.server.http;

import io.entrepot.config.MirrorConfig.Limits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose client does not keep up: it asks nothing for too long, its request takes too long to come,
 * or it reads nothing, or next to nothing, of what is written. Nothing is ever bounded in total.
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
    private final DataStats stats;
    private final ReadRate rate;
    private Phase phase = Phase.NONE;
    private long since;
    private long progress;
    private long due;
    private @Nullable ScheduledFuture<?> timer;
    /** Bytes of the pieces that went out whole. */
    private long wentOut;
    /** Bytes of the piece that goes out now; null region: it is in memory. */
    private long piece;

    private @Nullable FileRegion region;

    Deadlines(Channel channel, Limits limits, DataStats stats) {
        this.channel = channel;
        this.limits = limits;
        this.stats = stats;
        this.rate = new ReadRate(limits.minRate(), nanos(limits.minRateWindow()));
    }

    void enter(Phase next) {
        long now = System.nanoTime();
        phase = next;
        if (next == Phase.NONE) {
            rate.pause(now);
            return;
        }
        since = now;
        progress = written();
        if (next == Phase.READING) {
            rate.resume(now);
        } else {
            rate.restart(wentOut);
        }
        long end = end(now);
        if (timer == null) {
            arm(end);
        } else if (end - due < 0) {
            timer.cancel(false);
            arm(end);
        }
    }

    /** So many bytes are written now, for the client to read. */
    void writing(long size, Object message) {
        piece = size;
        region = message instanceof FileRegion file ? file : null;
        enter(Phase.READING);
    }

    /** The last of them is out. */
    void wrote() {
        wentOut += piece;
        piece = 0;
        region = null;
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
        long now = System.nanoTime();
        noteProgress(now);
        if (now - since >= limit(phase) || (phase == Phase.READING && rate.tooSlow(now, read()))) {
            count();
            channel.close();
        } else {
            arm(end(now));
        }
    }

    private void count() {
        if (phase == Phase.READING) {
            stats.slowReaders.increment();
        } else if (phase == Phase.HEADERS) {
            stats.slowRequests.increment();
        }
    }

    private long end(long now) {
        long stalled = since + limit(phase);
        return phase == Phase.READING ? now + Math.min(stalled - now, rate.left(now)) : stalled;
    }

    private void noteProgress(long now) {
        long written = written();
        if (phase == Phase.READING && written != progress) {
            progress = written;
            since = now;
        }
    }

    /** A number that changes when bytes go out; for large regions while they do. */
    private long written() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.currentProgress() * 31 + out.size() + out.totalPendingWriteBytes();
    }

    /** Bytes that the kernel took for the client; those of a piece in memory as good as Netty knows. */
    private long read() {
        if (region != null) {
            return wentOut + region.transferred();
        }
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        long pending = out == null ? 0 : out.totalPendingWriteBytes() - out.currentProgress();
        return wentOut + Math.max(0, piece - Math.max(0, pending));
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
