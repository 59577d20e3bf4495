package io.entrepot.server.http;

import io.entrepot.oci.RegistryException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.OutOfDirectMemoryError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: its requests one after another, each answered before the next is looked at.
 *
 * <pre>
 *   idle ──request──► answering ──kept──► idle, or the next that waits
 *                         ├──cut short, Connection: close──► closed
 *                         └──refused──► lingering: what still comes is dropped ──► closed
 * </pre>
 */
final class Connection extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** Requests that may wait behind the one that is answered; more than one read of a socket never holds. */
    private static final int MAX_WAITING = 64;

    /** Closing at once with bytes unread would reset the connection, and the client might never see the answer. */
    private static final long LINGER_MILLIS = 1_000;

    private final DataServer server;
    private final SocketChannel channel;
    private final Source source;
    private final ProxyDecoder proxy;
    private final RequestDecoder decoder;
    private final Deadlines deadlines;
    private final Unsent unsent;
    private final @Nullable TlsSession tls;
    private final Deque<Received> waiting = new ArrayDeque<>(2);
    private @Nullable Exchange current;
    private boolean closing;
    private boolean readHeld;

    Connection(
            DataServer server,
            SocketChannel channel,
            Source source,
            RequestDecoder decoder,
            Deadlines deadlines,
            @Nullable TlsSession tls) {
        this.server = server;
        this.channel = channel;
        this.source = source;
        this.proxy = new ProxyDecoder(source);
        this.decoder = decoder;
        this.deadlines = deadlines;
        this.unsent = Unsent.of(channel, System::nanoTime);
        this.tls = tls;
    }

    Source source() {
        return source;
    }

    /** What stands before everything else on a connection from a trusted proxy. */
    ProxyDecoder proxyDecoder() {
        return proxy;
    }

    /** Why nothing is answered just now; empty if it is. */
    Optional<RegistryException> overload() {
        return server.overload();
    }

    Deadlines deadlines() {
        return deadlines;
    }

    Unsent unsent() {
        return unsent;
    }

    /** Whether no further request will be taken. */
    boolean isEnding() {
        return server.isDraining() || (tls != null && tls.isOutdated());
    }

    /** Whether what is written is encrypted on its way. */
    boolean isSecure() {
        return tls != null;
    }

    /** The port of its other end. */
    int port() {
        InetSocketAddress remote = channel.remoteAddress();
        return remote == null ? 0 : remote.getPort();
    }

    /**
     * The certificates that the client has, its own first, as TLS verified them; empty: it has none.
     *
     * @throws RegistryException.Denied if they would not be let in now
     */
    List<X509Certificate> certificates() {
        return tls == null ? List.of() : tls.certificates();
    }

    /** A PROXY header is read; what follows is the client's, and may take its time. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ProxyDecoder.DONE) {
            deadlines.enter(Deadlines.Phase.IDLE);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        deadlines.enter(Deadlines.Phase.IDLE);
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closing) {
            return;
        }
        if (current == null) {
            begin(ctx, (Received) message);
        } else if (waiting.size() < MAX_WAITING) {
            waiting.add((Received) message);
        } else {
            ctx.close();
        }
    }

    /** One read is always asked for, so that a client that leaves is noticed; not while a request waits. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readHeld = !waiting.isEmpty();
        if (!readHeld) {
            ctx.read();
        }
        if (current == null && !closing && (decoder.inRequest() || proxy.inHeader())) {
            deadlines.enterHeaders();
        }
    }

    private void begin(ChannelHandlerContext ctx, Received received) {
        Exchange exchange = new Exchange(this, ctx, received);
        current = exchange;
        server.began();
        deadlines.enter(Deadlines.Phase.NONE);
        exchange.start(server.pulls());
    }

    /** The current request is done with; {@code keep} if another may follow, {@code linger} if its client may still be sending. */
    void finished(ChannelHandlerContext ctx, Exchanged exchanged, boolean keep, boolean linger) {
        current = null;
        server.ended(exchanged);
        if (!channel.isActive()) {
            return;
        }
        if (keep && !server.isDraining()) {
            next(ctx);
        } else {
            close(ctx, linger);
        }
    }

    private void next(ChannelHandlerContext ctx) {
        Received received = waiting.poll();
        if (received != null) {
            begin(ctx, received);
            return;
        }
        deadlines.enter(decoder.inRequest() ? Deadlines.Phase.HEADERS : Deadlines.Phase.IDLE);
        if (readHeld) {
            readHeld = false;
            ctx.read();
        }
    }

    private void close(ChannelHandlerContext ctx, boolean linger) {
        closing = true;
        waiting.clear();
        deadlines.stop();
        if (linger && tls == null) {
            channel.shutdownOutput();
            channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
            ctx.read();
        } else {
            ctx.close();
        }
    }

    /** Closes as soon as nothing is being answered. */
    void closeWhenIdle() {
        channel.eventLoop().execute(() -> {
            if (current == null && !closing) {
                channel.close();
            }
        });
    }

    void closeNow() {
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        waiting.clear();
        deadlines.stop();
        if (current != null) {
            current.abort();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof OutOfDirectMemoryError) {
            server.outOfDirectMemory();
        }
        if (!isTheirs(cause)) {
            LOG.atWarn().setCause(cause).addKeyValue("client", source.peer()).log("connection failed");
        }
        ctx.close();
    }

    /** A client that resets, or fails to shake hands, is nothing to report. */
    private static boolean isTheirs(Throwable cause) {
        return cause instanceof IOException
                || cause.getCause() instanceof SSLException
                || cause instanceof ClosedChannelException;
    }
}
