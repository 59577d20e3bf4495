package io.entrepot.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops accepting while file descriptors are about to end. Who connects meanwhile waits in the kernel's backlog; nothing
 * is polled, so that waiting costs nothing.
 */
@Sharable
final class AcceptGate extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptGate.class);

    private final BooleanSupplier full;
    private final AtomicInteger accepted = new AtomicInteger();
    private final DataStats stats;
    private final Set<Channel> paused = ConcurrentHashMap.newKeySet();

    AcceptGate(BooleanSupplier full, DataStats stats) {
        this.full = full;
        this.stats = stats;
    }

    boolean isPaused() {
        return !paused.isEmpty();
    }

    /** Connections that were accepted and are open. */
    int open() {
        return accepted.get();
    }

    /** A connection was accepted: the last one, if it took what was left. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object child) {
        accepted.incrementAndGet();
        ((Channel) child).closeFuture().addListener(closed -> accepted.decrementAndGet());
        if (full.getAsBoolean()) {
            pause(ctx.channel(), "the file descriptors are nearly used up");
        }
        ctx.fireChannelRead(child);
    }

    /** Nothing could be accepted, for want of a file descriptor as a rule; Netty would try again at once. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        pause(ctx.channel(), "a connection could not be accepted: " + cause);
    }

    private void pause(Channel listener, String because) {
        listener.config().setAutoRead(false);
        if (paused.add(listener)) {
            stats.pauses.increment();
            LOG.atWarn()
                    .addKeyValue("listener", listener.localAddress())
                    .addKeyValue("because", because)
                    .log("accepting pauses");
        }
    }

    /** There is room again. */
    void resume() {
        List.copyOf(paused).forEach(this::resume);
    }

    private void resume(Channel listener) {
        if (paused.remove(listener)) {
            LOG.atInfo().addKeyValue("listener", listener.localAddress()).log("accepting goes on");
            listener.config().setAutoRead(true);
        }
    }
}
