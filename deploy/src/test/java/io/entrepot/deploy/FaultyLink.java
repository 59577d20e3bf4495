package io.entrepot.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The way from a mirror to a real registry, which can go wrong; what is open when it does goes wrong, too. */
final class FaultyLink implements AutoCloseable {

    private static final byte[] LIMITED =
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    /** So much of an answer comes before it is cut: a part of its head. */
    private static final int CUT_AT = 40;

    private final int target;
    private final int port;
    private final ExecutorService threads = Executors.newCachedThreadPool(FaultyLink::thread);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile ServerSocket listener;
    private volatile Trouble trouble = Trouble.NONE;

    /** What becomes of connections. */
    enum Trouble {
        /** They lead to the registry. */
        NONE,
        /** They break off in the middle of an answer. */
        CUT,
        /** An answer comes at one byte a second. */
        SLOW,
        /** Every request is answered with 429. */
        LIMITED,
        /** They are taken, and nothing is ever answered. */
        HANGING,
        /** Nobody listens. */
        KILLED
    }

    private FaultyLink(int target) throws IOException {
        this.target = target;
        this.listener = listen(0);
        this.port = listener.getLocalPort();
    }

    static FaultyLink to(RealRegistry registry) throws IOException {
        return new FaultyLink(registry.port());
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "faulty-link");
        thread.setDaemon(true);
        return thread;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    void is(Trouble now) throws IOException {
        trouble = now;
        for (Socket each : open) {
            each.close();
        }
        if (now == Trouble.KILLED) {
            listener.close();
        } else if (listener.isClosed()) {
            listener = listen(port);
        }
    }

    private ServerSocket listen(int at) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 200);
        threads.execute(() -> accept(socket));
        return socket;
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        Trouble now = trouble;
        open.add(client);
        try (client) {
            switch (now) {
                case LIMITED -> {
                    client.getInputStream().read(new byte[8_192]);
                    client.getOutputStream().write(LIMITED);
                }
                case HANGING -> client.getInputStream().transferTo(OutputStream.nullOutputStream());
                case NONE, CUT, SLOW, KILLED -> forward(client, now);
            }
        } catch (IOException e) {
            // one of the two has gone
        } finally {
            open.remove(client);
        }
    }

    private void forward(Socket client, Trouble now) throws IOException {
        try (Socket registry = new Socket(InetAddress.getLoopbackAddress(), target)) {
            open.add(registry);
            threads.execute(() -> requests(client, registry));
            answers(registry.getInputStream(), client.getOutputStream(), now);
        }
    }

    private void requests(Socket client, Socket registry) {
        try {
            client.getInputStream().transferTo(registry.getOutputStream());
            registry.shutdownOutput();
        } catch (IOException e) {
            open.remove(registry);
        }
    }

    private static void answers(InputStream from, OutputStream to, Trouble now) throws IOException {
        switch (now) {
            case CUT -> to.write(from.readNBytes(CUT_AT));
            case SLOW -> {
                for (int next = from.read(); next >= 0; next = from.read()) {
                    to.write(next);
                    pause();
                }
            }
            case NONE, LIMITED, HANGING, KILLED -> from.transferTo(to);
        }
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket each : open) {
            each.close();
        }
        threads.shutdownNow();
    }
}
