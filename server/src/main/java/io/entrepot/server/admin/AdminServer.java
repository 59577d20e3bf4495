package io.entrepot.server.admin;

import io.entrepot.server.net.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/** The admin port and the admin socket, on an event loop of their own, so that they answer when the others do not. */
public final class AdminServer implements AutoCloseable {

    private static final int MAX_BODY = 4_096;
    private static final int IDLE_SECONDS = 60;
    private static final int STOP_SECONDS = 2;

    private final EventLoopGroup loops = Transport.best().loops(1, "admin");
    private final Path socket;
    private final Channel tcp;
    private final Channel unix;

    private AdminServer(AdminApi api, InetSocketAddress address, Path socket) throws IOException {
        this.socket = socket;
        try {
            this.tcp = bind(api, Transport.best().server(), address, false);
            this.unix = bindUnix(api);
        } catch (IOException e) {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
    }

    /** Listens. @throws IOException with the cause alone: what is listened to, the caller knows */
    public static AdminServer start(AdminApi api, InetSocketAddress address, Path socket) throws IOException {
        return new AdminServer(api, address, socket);
    }

    /** The port, also if 0 was asked for. */
    public int port() {
        return ((InetSocketAddress) tcp.localAddress()).getPort();
    }

    @Override
    public void close() {
        tcp.close();
        unix.close();
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            // The next start replaces it.
        }
        loops.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Bound where nobody else can reach it, given to our user alone, then moved to its place over what a crash left there. */
    private Channel bindUnix(AdminApi api) throws IOException {
        Path nest = Files.createTempDirectory(
                socket.toAbsolutePath().getParent(),
                ".sock",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path egg = nest.resolve("s");
        try {
            Channel channel =
                    bind(api, Transport.best().unixServer(), Transport.best().unixAddress(egg), true);
            Files.setPosixFilePermissions(egg, PosixFilePermissions.fromString("rw-------"));
            Files.move(egg, socket, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return channel;
        } finally {
            Files.deleteIfExists(egg);
            Files.deleteIfExists(nest);
        }
    }

    private Channel bind(AdminApi api, Class<? extends ServerChannel> type, SocketAddress address, boolean local)
            throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(type)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new IdleStateHandler(0, 0, IDLE_SECONDS))
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(MAX_BODY, true))
                                .addLast(new AdminHandler(api, local));
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }
}
