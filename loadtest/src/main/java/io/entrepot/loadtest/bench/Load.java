package io.entrepot.loadtest.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Load from one thread: each connection asks, takes the answer, asks again. */
public final class Load implements AutoCloseable {

    private static final long SILENCE_MILLIS = 30_000;

    private final Selector selector;
    private final List<Client> clients = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(512 * 1024);

    private Load(URI uri, int connections) throws IOException {
        selector = Selector.open();
        for (int i = 0; i < connections; i++) {
            clients.add(new Client(uri, selector));
        }
    }

    /** Asks for one address over this many connections for this long. */
    public static Tally closedLoop(URI uri, int connections, Duration duration) {
        try (Load load = new Load(uri, connections)) {
            return load.loop(duration);
        } catch (IOException e) {
            throw new UncheckedIOException(uri + ": " + e.getMessage(), e);
        }
    }

    /** Asks for one address over this many connections for as long as it is told: milliseconds for each answer. */
    public static Samples times(URI uri, int connections, BooleanSupplier goesOn) {
        try (Load load = new Load(uri, connections)) {
            return load.times(goesOn);
        } catch (IOException e) {
            throw new UncheckedIOException(uri + ": " + e.getMessage(), e);
        }
    }

    /** Asks once over each of this many connections, all at the same time. */
    public static Burst burst(URI uri, int connections) {
        try (Load load = new Load(uri, connections)) {
            return load.burst();
        } catch (IOException e) {
            throw new UncheckedIOException(uri + ": " + e.getMessage(), e);
        }
    }

    private Tally loop(Duration duration) throws IOException {
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        for (Client client : clients) {
            client.ask();
        }
        while (System.nanoTime() - end < 0) {
            select();
            for (SelectionKey key : selector.selectedKeys()) {
                Client client = (Client) key.attachment();
                if (client.receive(buffer)) {
                    client.ask();
                }
            }
            selector.selectedKeys().clear();
        }
        double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
        return new Tally(answers(), bytes(), seconds);
    }

    private Samples times(BooleanSupplier goesOn) throws IOException {
        List<Double> times = new ArrayList<>();
        for (Client client : clients) {
            client.ask();
        }
        while (goesOn.getAsBoolean()) {
            select();
            for (SelectionKey key : selector.selectedKeys()) {
                Client client = (Client) key.attachment();
                if (client.receive(buffer)) {
                    times.add(millis(System.nanoTime() - client.askedAt()));
                    client.ask();
                }
            }
            selector.selectedKeys().clear();
        }
        return new Samples(times);
    }

    private Burst burst() throws IOException {
        List<Double> firstBytes = new ArrayList<>();
        List<Double> totals = new ArrayList<>();
        long start = System.nanoTime();
        for (Client client : clients) {
            client.ask();
        }
        while (totals.size() < clients.size()) {
            select();
            for (SelectionKey key : selector.selectedKeys()) {
                Client client = (Client) key.attachment();
                if (client.receive(buffer)) {
                    firstBytes.add(millis(client.firstByteAt() - start));
                    totals.add(millis(System.nanoTime() - start));
                }
            }
            selector.selectedKeys().clear();
        }
        return new Burst(new Samples(firstBytes), new Samples(totals), bytes());
    }

    private void select() throws IOException {
        if (selector.select(SILENCE_MILLIS) == 0) {
            throw new IOException("no byte within " + SILENCE_MILLIS / 1000 + " s");
        }
    }

    private long answers() {
        return clients.stream().mapToLong(Client::answers).sum();
    }

    private long bytes() {
        return clients.stream().mapToLong(Client::bytes).sum();
    }

    private static double millis(long nanos) {
        return nanos / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    @Override
    public void close() throws IOException {
        for (Client client : clients) {
            client.close();
        }
        selector.close();
    }
}
