package io.entrepot.loadtest;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The services of a cloud that say who a machine is and give out logins for it, all on one loopback port. They are as
 * strict as the real ones about what a client must send.
 */
public final class FakeCloud implements AutoCloseable {

    private final Ledger ledger = new Ledger();
    private final Pacer pacer = new Pacer(Long.MAX_VALUE);
    private final Map<String, Integer> refused = new ConcurrentHashMap<>();
    private final AmazonLogins amazon = new AmazonLogins();
    private final GoogleLogins google = new GoogleLogins();
    private final AzureLogins azure = new AzureLogins();
    private final Listener listener = new Listener(this::serve);

    private FakeCloud() {}

    /** Starts it on a free port. */
    public static FakeCloud start() {
        return new FakeCloud();
    }

    /** Its address, as in {@code http://127.0.0.1:41234}. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + listener.port());
    }

    /** The address of a path on it. */
    public URI url(String path) {
        return URI.create(url() + path);
    }

    /** What Amazon's services of it know. */
    public AmazonLogins amazon() {
        return amazon;
    }

    /** What Google's services of it know. */
    public GoogleLogins google() {
        return google;
    }

    /** What Azure's services of it know. */
    public AzureLogins azure() {
        return azure;
    }

    /** Answers requests whose path contains this with a status, until {@link #recover}. */
    public void refuse(String pathPart, int status) {
        refused.put(pathPart, status);
    }

    /** Answers as it should again. */
    public void recover() {
        refused.clear();
    }

    /** Everything that was asked, in its order. */
    public List<Seen> seen() {
        return ledger.seen();
    }

    /** How many requests came whose path contains this. */
    public long count(String pathPart) {
        return ledger.count("", pathPart);
    }

    private void serve(Socket socket, long number) throws IOException, InterruptedException {
        Connection connection = new Connection(socket, socket);
        boolean open = true;
        while (open) {
            Optional<Request> request = connection.read();
            open = request.isPresent() && answer(number, connection, request.get());
        }
    }

    private boolean answer(long number, Connection connection, Request request)
            throws IOException, InterruptedException {
        Exchange exchange = new Exchange("cloud", number, request);
        ledger.add(exchange);
        try {
            return new Sender(connection, exchange, pacer, () -> {}).send(request, reply(request), List.of());
        } finally {
            exchange.ended();
        }
    }

    private Reply reply(Request request) {
        Optional<Integer> status = refused.entrySet().stream()
                .filter(entry -> request.path().contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        if (status.isPresent()) {
            return Reply.text(status.get(), "text/plain", "refused");
        }
        return amazon.answer(request)
                .or(() -> google.answer(request, url()))
                .or(() -> azure.answer(request))
                .orElseGet(() -> Reply.text(404, "text/plain", "no such service"));
    }

    /** How long what is given out from now on holds. */
    public void lifetime(Duration lifetime) {
        amazon.lifetime(lifetime);
        google.lifetime(lifetime);
        azure.lifetime(lifetime);
    }

    @Override
    public void close() {
        listener.close();
    }
}
