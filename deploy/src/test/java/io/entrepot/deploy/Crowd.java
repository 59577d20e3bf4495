package io.entrepot.deploy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Many connections to one port, each with a small buffer, that do only what they are told. */
final class Crowd implements AutoCloseable {

    private static final int SMALL = 4_096;

    private final List<Socket> sockets = new ArrayList<>();

    /** @param host host:port */
    static Crowd of(int connections, String host) throws IOException {
        Crowd crowd = new Crowd();
        int port = Integer.parseInt(host.substring(host.indexOf(':') + 1));
        for (int i = 0; i < connections; i++) {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(SMALL);
            socket.setSoTimeout(30_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            crowd.sockets.add(socket);
        }
        return crowd;
    }

    /** Each sends this, and reads nothing. */
    Crowd send(String text) throws IOException {
        for (Socket socket : sockets) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }
        return this;
    }

    /** Each reads up to so many bytes. */
    long read(int most) throws IOException {
        long read = 0;
        byte[] bytes = new byte[most];
        for (Socket socket : sockets) {
            read += Math.max(0, socket.getInputStream().read(bytes));
        }
        return read;
    }

    /** The first one asks, and reads what comes first. */
    String firstAsks(String text) throws IOException {
        Socket first = sockets.get(0);
        first.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return new String(first.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
    }

    /** Each says that it sends no more, and then resets its connection. */
    void halfCloseAndReset() throws IOException {
        for (Socket socket : sockets) {
            socket.shutdownOutput();
            socket.setSoLinger(true, 0);
            socket.close();
        }
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
