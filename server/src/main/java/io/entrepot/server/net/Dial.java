package io.entrepot.server.net;

import io.entrepot.config.HttpProxy;
import io.entrepot.server.net.NetException.Kind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection in the making; on the event loop that it will belong to.
 *
 * <pre>
 *   LOOKING UP ──allowed addresses──▶ RACING ──connected──▶ TUNNELLING (by a proxy) ──▶ SHAKING HANDS (https) ──▶ OPEN
 *       └────────failure, deadline──────┴──────────────────────────┴──────────────────────────┴──▶ FAILED
 * </pre>
 */
final class Dial {

    private final Origin origin;
    private final Egress egress;
    private final EventLoop loop;
    private final Class<? extends Channel> transport;
    private final Dialer.Caller caller;
    private final Optional<HttpProxy> proxy;
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
        this.proxy = egress.proxyFor(origin);
        this.watchdog = new Watchdog(loop, this::late);
    }

    /** From any thread. */
    void start(Resolver resolver, AddressFilter filter, ClientTls tls) {
        loop.execute(() -> lookUp(resolver, filter, tls));
    }

    private void lookUp(Resolver resolver, AddressFilter filter, ClientTls tls) {
        watchdog.start(egress.connect());
        CompletableFuture<ClientTls.Context> context = origin.secure() ? tls.context() : ClientTls.none();
        candidates(resolver, filter)
                .thenCombine(context, (candidates, ready) -> (Runnable) () -> race(candidates, ready))
                .exceptionally(failure -> () -> fail(Failure.of(failure)))
                .thenAccept(loop::execute);
    }

    private CompletableFuture<List<InetAddress>> candidates(Resolver resolver, AddressFilter filter) {
        if (proxy.isEmpty()) {
            return resolver.resolve(origin.name()).thenApply(found -> Candidates.of(found, filter, origin));
        }
        try {
            ProxiedNames.require(origin, egress.internal(), filter);
        } catch (NetException e) {
            return CompletableFuture.failedFuture(e);
        }
        return resolver.resolve(proxy.get().host()).thenApply(Candidates::inTurn);
    }

    private void race(List<InetAddress> candidates, ClientTls.Context context) {
        if (over) {
            return;
        }
        Race.Finish arrived = finish("", connected -> connected(connected, context));
        race = proxy.map(through -> toProxy(through, candidates, arrived))
                .orElseGet(() -> new Race(origin, candidates, loop, transport, arrived));
        race.start();
    }

    private Race toProxy(HttpProxy through, List<InetAddress> candidates, Race.Finish arrived) {
        Race.Finish there = finish("the proxy ", connected -> tunnel(connected, through, arrived));
        return new Race(proxied(through), candidates, loop, transport, there);
    }

    private static Origin proxied(HttpProxy through) {
        String host = through.host().indexOf(':') < 0 ? through.host() : "[" + through.host() + "]";
        return new Origin(false, host, through.port());
    }

    private void tunnel(Channel connected, HttpProxy through, Race.Finish arrived) {
        channel = connected;
        Tunnel.through(connected, through, origin, arrived);
    }

    private Race.Finish finish(String whose, Consumer<Channel> won) {
        return new Race.Finish() {
            @Override
            public void won(Channel connected) {
                won.accept(connected);
            }

            @Override
            public void lost(NetException why) {
                fail(new NetException(why.kind(), whose + why.getMessage()));
            }
        };
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
                origin.authority() + " could not be connected to "
                        + proxy.map(through -> "by way of the proxy " + through.host() + " ")
                                .orElse("")
                        + "within "
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
