package io.entrepot.server.http;

import io.entrepot.oci.RegistryException;
import io.entrepot.server.net.Transport;
import io.entrepot.server.pull.PullService;
import io.entrepot.server.tls.Encryption;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The data port: accepts connections, bounds them, and lets what is in flight finish when it closes. */
public final class DataServer {

    private static final int BACKLOG = 1_024;
    private static final Duration SOON = Duration.ofSeconds(5);

    private final Transport transport;
    private final EventLoopGroup loops;
    private final Bounds bounds;
    private final PullService pulls;
    private final Requests requests;
    private final DataStats stats = new DataStats();
    private final AcceptGate gate;
    private final Clientele clientele;
    private final List<Channel> listeners = new CopyOnWriteArrayList<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final CompletableFuture<Integer> drained = new CompletableFuture<>();
    private volatile boolean draining;

    public DataServer(Transport transport, EventLoopGroup loops, Bounds bounds, PullService pulls, Requests requests) {
        this.transport = transport;
        this.loops = loops;
        this.bounds = bounds;
        this.pulls = pulls;
        this.requests = requests;
        this.gate = new AcceptGate(() -> bounds.descriptors().isFull(files()), stats);
        this.clientele = new Clientele(bounds.proxies(), bounds.limits().connectionsPerClient(), stats);
    }

    /** Listens for plain HTTP; complete with the address, its port filled in. */
    public CompletableFuture<InetSocketAddress> bind(InetSocketAddress address) {
        return bind(address, null);
    }

    /** Listens for TLS; each new connection takes the encryption that there is then, and ends early when there is another. */
    public CompletableFuture<InetSocketAddress> bindTls(InetSocketAddress address, Supplier<Encryption> tls) {
        return bind(address, tls);
    }

    private CompletableFuture<InetSocketAddress> bind(InetSocketAddress address, @Nullable Supplier<Encryption> tls) {
        CompletableFuture<InetSocketAddress> bound = new CompletableFuture<>();
        ChannelFuture binding = new ServerBootstrap()
                .group(loops)
                .channel(transport.server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .handler(gate)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel, tls);
                    }
                })
                .bind(address);
        binding.addListener(done -> {
            if (done.isSuccess()) {
                listeners.add(binding.channel());
                bound.complete((InetSocketAddress) binding.channel().localAddress());
            } else {
                bound.completeExceptionally(done.cause());
            }
        });
        return bound;
    }

    private void accept(SocketChannel channel, @Nullable Supplier<Encryption> tls) {
        InetSocketAddress client = channel.remoteAddress();
        if (client == null || draining) {
            channel.close();
        } else if (open.incrementAndGet() > bounds.limits().connections()) {
            open.decrementAndGet();
            stats.refused.increment();
            channel.close();
        } else {
            channel.closeFuture().addListener(closed -> open.decrementAndGet());
            converse(channel, client.getAddress(), tls);
        }
    }

    private void converse(SocketChannel channel, InetAddress peer, @Nullable Supplier<Encryption> tls) {
        Source source = clientele.source(peer);
        channel.closeFuture().addListener(closed -> source.leave());
        if (!source.enter()) {
            channel.close();
            return;
        }
        RequestDecoder decoder = new RequestDecoder(bounds.limits());
        Deadlines deadlines = new Deadlines(channel, bounds.limits(), stats);
        TlsSession session = tls == null
                ? null
                : new TlsSession(tls, channel.alloc(), bounds.limits().handshakeTimeout());
        Connection connection = new Connection(this, channel, source, decoder, deadlines, session);
        connections.add(connection);
        channel.closeFuture().addListener(closed -> connections.remove(connection));
        if (source.isProxy()) {
            channel.pipeline().addLast(connection.proxyDecoder());
        }
        if (session != null) {
            channel.pipeline().addLast(session.handler());
        }
        channel.pipeline().addLast(decoder, connection);
    }

    /** Open connections of clients. */
    public int connections() {
        return open.get();
    }

    /** Requests that are being answered. */
    public int inFlight() {
        return inFlight.get();
    }

    /** What is counted of those who ask too much. */
    public DataStats stats() {
        return stats;
    }

    /** Whether nobody is let in for want of file descriptors. */
    public boolean isPaused() {
        return gate.isPaused();
    }

    /** Counts file descriptors, and accepts again if there are some. To be called about once a second; blocks for a moment. */
    public void sampleDescriptors() {
        bounds.descriptors().sample(files());
        if (gate.isPaused() && bounds.descriptors().isRoomy(files())) {
            gate.resume();
        }
    }

    /** Connections, and at most one file for each request. */
    private long files() {
        return (long) gate.open() + inFlight.get();
    }

    /**
     * Accepts nothing more, closes what is idle, lets what is in flight finish within {@code grace} and then closes it.
     * Complete with the number of answers that were cut short.
     */
    public CompletableFuture<Integer> close(Duration grace) {
        draining = true;
        listeners.forEach(Channel::close);
        connections.forEach(Connection::closeWhenIdle);
        loops.next().schedule(this::abort, grace.toMillis(), TimeUnit.MILLISECONDS);
        completeIfDrained();
        return drained;
    }

    private void abort() {
        int cut = inFlight.get();
        connections.forEach(Connection::closeNow);
        drained.complete(cut);
    }

    private void completeIfDrained() {
        if (draining && inFlight.get() == 0) {
            drained.complete(0);
        }
    }

    PullService pulls() {
        return pulls;
    }

    boolean isDraining() {
        return draining;
    }

    /** Why no request is answered just now; empty if they are. */
    Optional<RegistryException> overload() {
        boolean memory = bounds.memory().isSpent();
        if (!memory && !bounds.descriptors().isSpent(files())) {
            return Optional.empty();
        }
        stats.shed.increment();
        return Optional.of(new RegistryException.Unavailable(
                "the mirror is out of " + (memory ? "memory" : "file descriptors") + " for the moment", SOON));
    }

    void began() {
        inFlight.incrementAndGet();
    }

    void outOfDirectMemory() {
        requests.outOfDirectMemory();
    }

    void ended(Exchanged exchanged) {
        requests.finished(exchanged);
        if (inFlight.decrementAndGet() == 0) {
            completeIfDrained();
        }
    }
}
