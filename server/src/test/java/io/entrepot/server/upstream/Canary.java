package io.entrepot.server.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/** A listener that nobody may connect to. */
final class Canary implements AutoCloseable {

    private final ServerSocket listener;

    private Canary(ServerSocket listener) {
        this.listener = listener;
    }

    /** On every address of the loopback interface, IPv4 and IPv6. */
    static Canary listen() throws IOException {
        return new Canary(new ServerSocket(0));
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many connections came before this call: they stand in the queue before one of our own. */
    int connections() throws IOException {
        listener.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
        try (Socket ours = new Socket(InetAddress.getLoopbackAddress(), port())) {
            for (int others = 0; ; others++) {
                try (Socket accepted = listener.accept()) {
                    if (accepted.getPort() == ours.getLocalPort()) {
                        return others;
                    }
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
