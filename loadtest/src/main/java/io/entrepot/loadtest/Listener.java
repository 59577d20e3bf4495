package io.entrepot.loadtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A loopback port with one thread for each connection. While it is closed, connections are refused; the port stays
 * reserved by a bound socket that does not listen, so that it can be opened again.
 */
final class Listener implements AutoCloseable {

    /** What serves a connection, on a thread of its own, until it returns. */
    interface Service {
        void serve(Socket socket, long number) throws IOException, InterruptedException;
    }

    private static final int BACKLOG = 4096;

    private final Service service;
    private final Socket reservation;
    private final InetSocketAddress address;
    private final AtomicLong count = new AtomicLong();
    private final Map<Socket, Thread> connections = new ConcurrentHashMap<>();
    private ServerSocket server; // guarded by this
    private Thread acceptor; // guarded by this; leaves once its server is closed

    Listener(Service service) {
        this.service = service;
        try {
            reservation = new Socket();
            reservation.setReuseAddress(true);
            reservation.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            address = (InetSocketAddress) reservation.getLocalSocketAddress();
            server = listen();
            acceptor = accepting(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return address.getPort();
    }

    /** Opens the port again; does nothing if it is open. */
    synchronized void open() {
        if (server.isClosed()) {
            try {
                server = listen();
                acceptor = accepting(server);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Refuses connections from now on, and drops those that are. */
    synchronized void shut() {
        try {
            server.close();
            acceptor.join(); // a thread within accept keeps the port listening
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        dropConnections();
    }

    /** Closes every connection, in whatever state. */
    void dropConnections() {
        connections.forEach((socket, thread) -> {
            closeQuietly(socket);
            thread.interrupt();
        });
    }

    int openConnections() {
        return connections.size();
    }

    @Override
    public void close() {
        shut();
        closeQuietly(reservation);
    }

    private ServerSocket listen() throws IOException {
        ServerSocket opened = new ServerSocket();
        opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        opened.bind(address, BACKLOG);
        return opened;
    }

    private Thread accepting(ServerSocket from) {
        Thread thread = new Thread(() -> accept(from), "fake-accept-" + port());
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                take(from.accept());
            } catch (IOException e) {
                // closed, or a client that left before it was accepted
            }
        }
    }

    private void take(Socket socket) {
        long number = count.incrementAndGet();
        Thread thread = new Thread(() -> serve(socket, number), "fake-" + port() + "-" + number);
        thread.setDaemon(true);
        connections.put(socket, thread);
        thread.start();
    }

    private void serve(Socket socket, long number) {
        try {
            socket.setTcpNoDelay(true);
            service.serve(socket, number);
        } catch (IOException e) {
            // the client left, or a test closed us
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(socket);
            closeQuietly(socket);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }
}
