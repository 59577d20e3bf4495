package io.entrepot.loadtest;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP proxy on a loopback port that knows CONNECT and nothing else, and has a name service of its own: what it is told
 * a host is, and else nothing.
 */
public final class FakeProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool(FakeProxy::thread);
    private final Map<String, Integer> hosts = new ConcurrentHashMap<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final String login;
    private volatile String instead = "";

    private FakeProxy(String login) throws IOException {
        this.login = login;
        this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** A proxy for everybody. */
    public static FakeProxy start() {
        return start("");
    }

    /** A proxy for who has this login, {@code user:password}. */
    public static FakeProxy start(String login) {
        try {
            return new FakeProxy(login);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "fake-proxy");
        thread.setDaemon(true);
        return thread;
    }

    /** Connects who asks for this {@code host:port} to a port of this machine. */
    public FakeProxy knows(String host, int port) {
        hosts.put(host, port);
        return this;
    }

    /** Answers everything with these bytes; empty: as a proxy does. */
    public void always(String bytes) {
        instead = bytes;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The heads of all requests so far. */
    public List<String> heads() {
        return List.copyOf(heads);
    }

    /** What it was asked to connect to, each {@code host:port}. */
    public List<String> targets() {
        return heads.stream().map(FakeProxy::target).toList();
    }

    private static String target(String head) {
        return head.split(" ", 3)[1];
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            heads.add(head);
            String answer = answer(head);
            client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            if (answer.startsWith("HTTP/1.1 200") && instead.isEmpty()) {
                connect(client, hosts.getOrDefault(target(head), 0));
            }
        } catch (IOException e) {
            // one of the two has gone
        }
    }

    private String answer(String head) {
        if (!instead.isEmpty()) {
            return instead;
        }
        String proof = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
        if (!login.isEmpty() && !head.contains("\r\nProxy-Authorization: Basic " + proof + "\r\n")) {
            return "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
        }
        return head.startsWith("CONNECT ") && hosts.containsKey(target(head))
                ? "HTTP/1.1 200 Connection established\r\n\r\n"
                : "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n";
    }

    private void connect(Socket client, int port) throws IOException {
        try (Socket target = new Socket(InetAddress.getLoopbackAddress(), port)) {
            open.add(target);
            threads.execute(() -> copy(target, client));
            copy(client, target);
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // one of the two has gone
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket each : open) {
                each.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        threads.shutdownNow();
    }
}
