package io.entrepot.loadtest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A port that takes no connection and refuses none, as behind a firewall that drops packets: its backlog is full. */
public final class BlackHole implements AutoCloseable {

    private static final int BACKLOG = 1;

    /** Linux keeps one more than the backlog; what is beyond that is never answered. */
    private static final int FILLING = 4;

    private final ServerSocket listener;
    private final List<SocketChannel> filling = new ArrayList<>();

    private BlackHole(ServerSocket listener) {
        this.listener = listener;
    }

    /** At this address of the machine; port 0: any. */
    public static BlackHole at(String address, int port) throws IOException {
        BlackHole hole = new BlackHole(new ServerSocket(port, BACKLOG, InetAddress.getByName(address)));
        for (int i = 0; i < FILLING; i++) {
            SocketChannel one = SocketChannel.open();
            one.configureBlocking(false);
            one.connect(hole.listener.getLocalSocketAddress());
            hole.filling.add(one);
        }
        return hole;
    }

    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel one : filling) {
            one.close();
        }
        listener.close();
    }
}
