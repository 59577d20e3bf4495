package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One connection in the making; on the event loop that it will belong to.
 *
 * <pre>
 *   LOOKING UP ──allowed addresses──▶ RACING ──connected──▶ SHAKING HANDS (https) ──▶ OPEN
 *       └────────failure, deadline──────┴──────────────────────┴──▶ FAILED
 * </pre>
 */
final class Dial {

    private final Origin origin;
    private final Egress egress;
    private final EventLoop loop;
    private final Class<? extends Channel> transport;
    private final Dialer.Caller caller;
    private final Watchdog watchdog;
    private final UntilOpen untilOpen = new UntilOpen();
    private @Nullable Race race;
    private @Nullable Channel channel;
    private boolean over;

    Dial(Origin origin, Egress egress, EventLoop loop, Class<? extends Channel> transport, Dialer.Caller caller) {
        this.origin = origin;
        this.egress = egress;
        this.loop = loop;
        this.transport = transport;
        this.caller = caller;
        this.watchdog = new Watchdog(loop, this::late);
    }

    /** From any thread. */
    void start(Resolver resolver, AddressFilter filter, ClientTls tls) {
        loop.execute(() -> lookUp(resolver, filter, tls));
    }

    private void lookUp(Resolver resolver, AddressFilter filter, ClientTls tls) {
        watchdog.start(egress.connect());
        CompletableFuture<List<InetAddress>> addresses = resolver.resolve(origin.name());
        CompletableFuture<ClientTls.Context> context = origin.secure() ? tls.context() : ClientTls.none();
        addresses
                .thenApply(found -> Candidates.of(found, filter, origin))
                .thenCombine(context, (candidates, ready) -> (Runnable) () -> race(candidates, ready))
                .exceptionally(failure -> () -> fail(Failure.of(failure)))
                .thenAccept(loop::execute);
    }

    private void race(List<InetAddress> candidates, ClientTls.Context context) {
        if (over) {
            return;
        }
        race = new Race(origin, candidates, loop, transport, new Race.Finish() {
            @Override
            public void won(Channel connected) {
                connected(connected, context);
            }

            @Override
            public void lost(NetException why) {
                fail(why);
            }
        });
        race.start();
    }

    private void connected(Channel connected, ClientTls.Context context) {
        channel = connected;
        if (!origin.secure()) {
            open(connected);
            return;
        }
        try {
            shakeHands(connected, context.handler(connected, origin));
        } catch (NetException e) {
            fail(e);
        }
    }

    private void shakeHands(Channel connected, SslHandler handler) {
        handler.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                open(connected);
            } else {
                fail(Failure.tls(done.cause(), origin));
            }
        });
        connected.pipeline().addLast(handler, untilOpen);
    }

    private void open(Channel connected) {
        if (!over) {
            over = true;
            watchdog.end();
            if (origin.secure()) {
                connected.pipeline().remove(untilOpen);
            }
            caller.open(connected);
        }
    }

    private void late() {
        fail(new NetException(
                Kind.TIMEOUT,
                origin.authority() + " could not be connected to within "
                        + egress.connect().toMillis() + " ms"));
    }

    private void fail(NetException why) {
        if (over) {
            return;
        }
        over = true;
        watchdog.end();
        if (race != null) {
            race.abandon();
        }
        if (channel != null) {
            channel.close();
        }
        caller.failed(why);
    }

    /** Why a handshake failed its future tells; nothing else has any business here yet. */
    private static final class UntilOpen extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            ctx.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
