package io.entrepot.server.net;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/** How bytes reach the kernel: native epoll where it loads, NIO everywhere else. Loops and channels come from one of them. */
public enum Transport {
    EPOLL(EpollSocketChannel.class, EpollServerSocketChannel.class, EpollServerDomainSocketChannel.class) {
        @Override
        IoHandlerFactory io() {
            return EpollIoHandler.newFactory();
        }

        @Override
        public SocketAddress unixAddress(Path socket) {
            return new DomainSocketAddress(socket.toFile());
        }
    },
    NIO(NioSocketChannel.class, NioServerSocketChannel.class, NioServerDomainSocketChannel.class) {
        @Override
        IoHandlerFactory io() {
            return NioIoHandler.newFactory();
        }

        @Override
        public SocketAddress unixAddress(Path socket) {
            return UnixDomainSocketAddress.of(socket);
        }
    };

    private static final Transport BEST = Epoll.isAvailable() ? EPOLL : NIO;

    private final Class<? extends SocketChannel> client;
    private final Class<? extends ServerSocketChannel> server;
    private final Class<? extends ServerChannel> unixServer;

    Transport(
            Class<? extends SocketChannel> client,
            Class<? extends ServerSocketChannel> server,
            Class<? extends ServerChannel> unixServer) {
        this.client = client;
        this.server = server;
        this.unixServer = unixServer;
    }

    /** The best that this machine has. */
    public static Transport best() {
        return BEST;
    }

    /** The transport that a group of {@link #loops} was made with. */
    static Transport of(EventLoopGroup loops) {
        return BEST == EPOLL && loops instanceof MultiThreadIoEventLoopGroup io && io.isIoType(EpollIoHandler.class)
                ? EPOLL
                : NIO;
    }

    /** So many event loops on daemon threads that carry this name. */
    public EventLoopGroup loops(int threads, String name) {
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), io());
    }

    public Class<? extends SocketChannel> client() {
        return client;
    }

    public Class<? extends ServerSocketChannel> server() {
        return server;
    }

    public Class<? extends ServerChannel> unixServer() {
        return unixServer;
    }

    /** The address of a Unix domain socket, in the form that {@link #unixServer} binds. */
    public abstract SocketAddress unixAddress(Path socket);

    abstract IoHandlerFactory io();
}
