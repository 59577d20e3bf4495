package io.entrepot.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * What the kernel may hold of a connection's bodies that it has not sent yet ({@code tcp_notsent_lowat}, Linux ip-sysctl).
 *
 * <p>Left alone, a send buffer takes megabytes, and a thousand clients that hardly read take all that the kernel gives to
 * TCP as a whole ({@code tcp_mem}): then everybody on the host waits. So a connection begins with little, which a client
 * that reads fast is freed from, since to fill a small buffer often costs more than to fill a large one seldom.
 *
 * <pre>
 *   UNTOUCHED ──first body──► BOUNDED ──fast──► FREE
 *                                ▲               │
 *                                └─────slow──────┘
 * </pre>
 *
 * <p>Used on the connection's event loop only. Without native epoll nothing is bounded: Java has no such option.
 */
final class Unsent {

    /** Bytes that a client which is not known to be fast may leave unsent. */
    static final int BOUND = 256 * 1024;

    /** What the system begins with: no bound of its own. */
    static final long FREE = 0xFFFF_FFFFL;

    /** Bytes after which a client is judged anew; far more than the bound, so that it is judged by what it took. */
    static final int JUDGED = 4 * 1024 * 1024;

    /** Nanoseconds in which a fast client takes these: 80 MB/s. */
    static final long FAST_NANOS = 50_000_000;

    private enum State {
        UNTOUCHED,
        BOUNDED,
        FREE
    }

    private final LongConsumer option;
    private final LongSupplier nanoTime;
    private State state = State.UNTOUCHED;
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

    static Unsent of(Channel channel) {
        return new Unsent(bytes -> bound(channel, bytes), System::nanoTime);
    }

    private static void bound(Channel channel, long bytes) {
        if (channel instanceof EpollSocketChannel epoll) {
            try {
                epoll.config().setTcpNotSentLowAt(bytes);
            } catch (ChannelException e) {
                // the connection is gone, or the kernel is too old to know it: bounded or not, the body goes on
            }
        }
    }

    /** A body begins. */
    void begin() {
        if (state == State.UNTOUCHED) {
            become(State.BOUNDED);
        }
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
        become(now - since < taken * FAST_NANOS / JUDGED ? State.FREE : State.BOUNDED);
        since = now;
        taken = 0;
    }

    private void become(State next) {
        if (state != next) {
            state = next;
            option.accept(next == State.FREE ? FREE : BOUND);
        }
    }
}
