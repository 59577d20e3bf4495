package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an origin, one exchange at a time. While it is free a read is outstanding, so that the peer's close
 * and bytes that nobody asked for are seen at once; while a body flows nothing is read that nobody waits for.
 *
 * <pre>
 *   FREE ──send──▶ BUSY ──answer whole, kept alive, no byte too many──▶ FREE (given back to its pool)
 *     │              └──deadline, cut, refused, abandoned, not kept alive──┐
 *     └──any byte, the peer's close, 30 s──────────────────────────────────┴──▶ CLOSED
 * </pre>
 *
 * <p>All state belongs to the channel's event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {

    private static final Duration LONGEST_FREE = Duration.ofSeconds(30);

    /** So many times the pause that is allowed between two reads, a small body as a whole may take. */
    private static final int WHOLE_BODY = 2;

    private final Channel channel;
    private final Origin origin;
    private final Egress egress;
    private final Owner owner;
    private final ResponseDecoder decoder = new ResponseDecoder();
    private final Watchdog watchdog;
    private @Nullable Exchange exchange;
    private boolean used;

    /** Who keeps connections; told on the event loop. */
    interface Owner {

        /** It can take another request. */
        void free(ClientConnection connection);

        /** It cannot any more; told once. */
        void gone(ClientConnection connection);
    }

    private ClientConnection(Channel channel, Origin origin, Egress egress, Owner owner) {
        this.channel = channel;
        this.origin = origin;
        this.egress = egress;
        this.owner = owner;
        this.watchdog = new Watchdog(channel.eventLoop(), this::late);
    }

    /** Takes an open channel over; on its event loop. */
    static ClientConnection over(Channel channel, Origin origin, Egress egress, Owner owner) {
        ClientConnection connection = new ClientConnection(channel, origin, egress, owner);
        channel.pipeline().addLast(connection.decoder, new HttpRequestEncoder(), connection);
        channel.closeFuture().addListener(closed -> connection.ended());
        connection.rest();
        return connection;
    }

    Channel channel() {
        return channel;
    }

    boolean isOpen() {
        return channel.isActive();
    }

    void close() {
        channel.close();
    }

    /**
     * Sends a request on a free connection; completes with its answer when the head is here within this time. Fails with
     * {@link Unanswered} or {@link NetException}. Cancelling it closes the connection.
     */
    CompletableFuture<HttpReply> send(Outgoing request, Duration within) {
        CompletableFuture<HttpReply> answer = new CompletableFuture<>();
        try {
            onLoop(() -> begin(request, within, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(Failure.closed(origin));
        }
        return answer;
    }

    private void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else {
            channel.eventLoop().execute(task);
        }
    }

    private void begin(Outgoing request, Duration within, CompletableFuture<HttpReply> answer) {
        Exchange begun = new Exchange(request, this, answer);
        if (!channel.isActive()) {
            begun.fail(new Unanswered(origin));
            return;
        }
        exchange = begun;
        answer.whenComplete((reply, failure) -> onLoop(() -> giveUp(begun)));
        decoder.await(request.call().method());
        watchdog.start(within);
        channel.writeAndFlush(request.encoded()).addListener(sent -> {
            if (!sent.isSuccess()) {
                channel.close();
            }
        });
        channel.read();
    }

    /** The answer was completed by somebody else, before there was one. */
    private void giveUp(Exchange begun) {
        if (exchange == begun && begun.isGivenUp()) {
            channel.close();
        }
    }

    /** So long a body may take that is small enough to be read whole. */
    Duration patience() {
        return egress.idle().multipliedBy(WHOLE_BODY);
    }

    /** Somebody waits for more of the body of this exchange. */
    void want(Exchange flowing) {
        if (exchange == flowing) {
            watchdog.start(egress.idle());
            channel.read();
        }
    }

    /** Nobody wants the rest of this exchange. */
    void abandon(Exchange flowing) {
        if (exchange == flowing) {
            exchange = null;
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Exchange running = exchange;
        if (running == null || !(message instanceof HttpObject part)) {
            ReferenceCountUtil.release(message);
            ctx.close();
            return;
        }
        switch (running.take(part)) {
            case MORE -> {}
            case WHOLE -> finish(running);
            case REFUSED -> {
                exchange = null;
                ctx.close();
            }
        }
    }

    /** The connection is free before anybody is told that the answer is whole: who asks next shall find it. */
    private void finish(Exchange whole) {
        exchange = null;
        used = true;
        boolean clean = decoder.finish();
        if (clean && whole.keepsAlive() && channel.isActive()) {
            rest();
            owner.free(this);
        } else {
            channel.close();
        }
        whole.end();
    }

    private void rest() {
        watchdog.start(LONGEST_FREE);
        channel.read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Exchange running = exchange;
        if (running == null) {
            return;
        }
        if (running.awaitsHead()) {
            ctx.read();
            return;
        }
        watchdog.stop();
        if (running.tell()) {
            want(running);
        }
    }

    private void late() {
        Exchange running = exchange;
        exchange = null;
        if (running != null) {
            running.fail(new NetException(Kind.TIMEOUT, origin.authority() + lateness(running)));
        }
        channel.close();
    }

    private String lateness(Exchange running) {
        return running.awaitsHead()
                ? " did not answer within " + egress.headers().toMillis() + " ms"
                : " sent nothing for " + egress.idle().toMillis() + " ms";
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(Failure.cut(origin));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(Failure.broken(cause, origin));
        ctx.close();
    }

    private void fail(NetException why) {
        Exchange running = exchange;
        exchange = null;
        if (running != null) {
            boolean unanswered = used && !decoder.hasBegun() && why.kind() == Kind.CUT;
            running.fail(unanswered ? new Unanswered(origin) : why);
        }
    }

    private void ended() {
        watchdog.end();
        owner.gone(this);
    }
}
