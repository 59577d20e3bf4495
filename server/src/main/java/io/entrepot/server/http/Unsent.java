package io.entrepot.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * What the kernel may hold of a body that it has not sent yet ({@code tcp_notsent_lowat}, Linux ip-sysctl).
 *
 * <p>Left alone, a send buffer takes megabytes, and a thousand clients that hardly read take all that the kernel gives to
 * TCP as a whole ({@code tcp_mem}): then everybody on the host waits. So each body begins with little. One that goes out fast
 * is freed, since to fill a small buffer often costs more than to fill a large one seldom, and bounded again when it slows
 * down or the next one begins.
 *
 * <p>Used on the connection's event loop only. Without native epoll nothing is bounded: Java has no such option.
 */
final class Unsent {

    /** Bytes that may be left unsent of a body that is not known to go out fast. */
    static final int BOUND = 256 * 1024;

    /** What a socket begins with: as the host has it. */
    static final long FREE = 0;

    /** Bytes after which a body is judged anew; far more than the bound, so that it is judged by what the client took. */
    static final int JUDGED = 4 * 1024 * 1024;

    /** Nanoseconds in which these go out if it is fast: 80 MB/s. */
    static final long FAST_NANOS = 50_000_000;

    private final LongConsumer option;
    private final LongSupplier nanoTime;
    private long left = FREE;
    private long since;
    private long taken;

    /**
     * @param option told how many bytes may be left unsent
     * @param nanoTime the clock that a client is timed by
     */
    Unsent(LongConsumer option, LongSupplier nanoTime) {
        this.option = option;
        this.nanoTime = nanoTime;
    }

    /** That of a connection. */
    static Unsent of(Channel channel, LongSupplier nanoTime) {
        return new Unsent(bytes -> bound(channel, bytes), nanoTime);
    }

    private static void bound(Channel channel, long bytes) {
        // a closed one has given its descriptor back, which may be another's by now
        if (channel instanceof EpollSocketChannel epoll && epoll.isOpen()) {
            try {
                epoll.config().setTcpNotSentLowAt(bytes);
            } catch (ChannelException e) {
                // the connection is broken: the body will find that out itself
            }
        }
    }

    /** A body begins. */
    void begin() {
        leave(BOUND);
        since = nanoTime.getAsLong();
        taken = 0;
    }

    /** The kernel has taken so many bytes of it. */
    void wrote(long bytes) {
        taken += bytes;
        if (taken < JUDGED) {
            return;
        }
        long now = nanoTime.getAsLong();
        leave(now - since < taken * FAST_NANOS / JUDGED ? FREE : BOUND);
        since = now;
        taken = 0;
    }

    private void leave(long bytes) {
        if (left != bytes) {
            left = bytes;
            option.accept(bytes);
        }
    }
}
