package io.entrepot.server.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A server of a few lines: the n-th connection is served by the n-th script, those beyond by the last one. */
final class RawServer implements AutoCloseable {

    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final ServerSocket listener;
    private final String scheme;
    private final List<Script> scripts;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Peer> peers = new CopyOnWriteArrayList<>();
    private final Thread acceptor = new Thread(this::accept, "raw-server");

    /** What the server does on one connection; it is closed afterwards. */
    @FunctionalInterface
    interface Script {
        void serve(Peer peer) throws Exception;
    }

    private RawServer(ServerSocket listener, String scheme, List<Script> scripts) {
        this.listener = listener;
        this.scheme = scheme;
        this.scripts = scripts;
        acceptor.start();
    }

    static RawServer start(Script... scripts) throws IOException {
        return new RawServer(bound(ServerSocketFactory.getDefault(), "127.0.0.1", 0), "http", List.of(scripts));
    }

    static RawServer at(String address, int port, Script... scripts) throws IOException {
        return new RawServer(bound(ServerSocketFactory.getDefault(), address, port), "http", List.of(scripts));
    }

    static RawServer tls(SSLContext context, Script... scripts) throws IOException {
        return new RawServer(bound(context.getServerSocketFactory(), "127.0.0.1", 0), "https", List.of(scripts));
    }

    /** Answers every request with the same bytes, and keeps the connection. */
    static Script always(String answer) {
        return peer -> {
            while (!peer.request().isEmpty()) {
                peer.send(answer);
            }
        };
    }

    /** Answers one request and waits for the client to close. */
    static Script once(String answer) {
        return peer -> {
            peer.request();
            peer.send(answer);
            peer.awaitEnd();
        };
    }

    private static ServerSocket bound(ServerSocketFactory factory, String address, int port) throws IOException {
        ServerSocket socket = factory.createServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), port), 50);
        return socket;
    }

    int port() {
        return listener.getLocalPort();
    }

    String authority() {
        return "127.0.0.1:" + port();
    }

    URI uri(String path) {
        return uri("127.0.0.1", path);
    }

    URI uri(String host, String path) {
        return URI.create(scheme + "://" + host + ":" + port() + path);
    }

    int connections() {
        return peers.size();
    }

    /** The heads of the requests so far, in the order in which they came. */
    List<String> requests() {
        return requests;
    }

    private void accept() {
        try {
            while (true) {
                Peer peer = new Peer(listener.accept());
                Script script = scripts.get(Math.min(peers.size(), scripts.size() - 1));
                peers.add(peer);
                new Thread(() -> peer.run(script), "raw-connection").start();
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Peer peer : peers) {
            peer.socket.close();
        }
    }

    /** The client's side of one connection. */
    final class Peer {

        private final Socket socket;
        private InputStream in = InputStream.nullInputStream();
        private OutputStream out = OutputStream.nullOutputStream();

        Peer(Socket socket) {
            this.socket = socket;
        }

        private void run(Script script) {
            try (socket) {
                in = socket.getInputStream();
                out = socket.getOutputStream();
                script.serve(this);
            } catch (Exception e) {
                // the client went away, or the test ended
            }
        }

        /** The head of the next request; empty at the end of the connection. */
        String request() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    return "";
                }
                head.write(next);
            }
            requests.add(head.toString(StandardCharsets.ISO_8859_1));
            return head.toString(StandardCharsets.ISO_8859_1);
        }

        /** Its TLS side, before or after the handshake. */
        SSLSocket tls() {
            return (SSLSocket) socket;
        }

        String read(int length) throws IOException {
            return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** Waits until the client has closed; with bytes unread that is a reset. */
        void awaitEnd() throws IOException {
            try {
                while (in.read() >= 0) {
                    // what it sends meanwhile does not matter
                }
            } catch (SocketException e) {
                // as good an end as any
            }
        }

        /** Closes with a reset instead of an orderly end. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
