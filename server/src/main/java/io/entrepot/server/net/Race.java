package io.entrepot.server.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * Attempts to connect to the addresses of one origin (RFC 8305, 5): the next one starts 250 ms after the one before, or
 * when that fails; the first that connects wins and the others are cancelled. On one event loop only.
 */
final class Race {

    private static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);

    /** A bootstrap wants a handler; those of the connection come when it is open. */
    private static final ChannelHandler NONE_YET = new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {}
    };

    private final Origin origin;
    private final Deque<InetAddress> ahead;
    private final List<ChannelFuture> running = new ArrayList<>();
    private final EventLoop loop;
    private final Class<? extends Channel> transport;
    private final Finish finish;
    private final Watchdog starter;
    private boolean over;

    /** How a race ends; told once, unless it was abandoned. */
    interface Finish {

        void won(Channel channel);

        void lost(NetException why);
    }

    Race(
            Origin origin,
            Collection<InetAddress> addresses,
            EventLoop loop,
            Class<? extends Channel> transport,
            Finish finish) {
        this.origin = origin;
        this.ahead = new ArrayDeque<>(addresses);
        this.loop = loop;
        this.transport = transport;
        this.finish = finish;
        this.starter = new Watchdog(loop, this::start);
    }

    /** Starts the next attempt. */
    void start() {
        InetAddress address = ahead.poll();
        if (over || address == null) {
            return;
        }
        ChannelFuture attempt = bootstrap().connect(new InetSocketAddress(address, origin.port()));
        running.add(attempt);
        attempt.addListener(done -> ended(attempt));
        if (!ahead.isEmpty() && !over) {
            starter.start(ATTEMPT_DELAY);
        }
    }

    private void ended(ChannelFuture attempt) {
        running.remove(attempt);
        if (over) {
            attempt.channel().close();
        } else if (attempt.isSuccess()) {
            abandon();
            finish.won(attempt.channel());
        } else if (!ahead.isEmpty()) {
            start();
        } else if (running.isEmpty()) {
            abandon();
            finish.lost(Failure.connecting(attempt.cause(), origin));
        }
    }

    /** Cancels what runs. */
    void abandon() {
        over = true;
        starter.end();
        List.copyOf(running).forEach(attempt -> attempt.cancel(false));
    }

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .group(loop)
                .channel(transport)
                .disableResolver()
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, false)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                // the deadline is that of the whole, not of one attempt
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(1_024, 16 * 1_024, ResponseDecoder.LARGEST_PIECE))
                .handler(NONE_YET);
    }
}
