package io.entrepot.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoopGroup;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** A client on event loops of its own, and the waiting that only tests may do. */
final class NetBench implements AutoCloseable {

    private static final Duration LONG = Duration.ofSeconds(60);

    final HttpClient client;
    final EventLoopGroup loops;

    private NetBench(Egress egress, Resolver resolver, Transport transport) {
        loops = transport.loops(2, "test-net");
        client = new HttpClient(loops, egress, resolver);
    }

    static NetBench open() {
        return open(internal());
    }

    static NetBench open(Egress egress) {
        return open(egress, SystemResolver.INSTANCE.share());
    }

    static NetBench open(Egress egress, Resolver resolver) {
        return new NetBench(egress, resolver, Transport.best());
    }

    static NetBench on(Transport transport, Egress egress) {
        return new NetBench(egress, SystemResolver.INSTANCE.share(), transport);
    }

    static NetBench on(Transport transport) {
        return new NetBench(internal(), SystemResolver.INSTANCE.share(), transport);
    }

    /** Private addresses, no redirects elsewhere, long deadlines, four connections. */
    static Egress internal() {
        return new Egress(true, Set.of(), Optional.empty(), LONG, LONG, LONG, 4);
    }

    static Egress internal(int connections) {
        return new Egress(true, Set.of(), Optional.empty(), LONG, LONG, LONG, connections);
    }

    static Egress deadlines(Duration connect, Duration headers, Duration idle) {
        return deadlines(connect, headers, idle, 1);
    }

    static Egress deadlines(Duration connect, Duration headers, Duration idle, int connections) {
        return new Egress(true, Set.of(), Optional.empty(), connect, headers, idle, connections);
    }

    static Egress redirecting(String... hosts) {
        return new Egress(true, Set.of(hosts), Optional.empty(), LONG, LONG, LONG, 4);
    }

    static Egress trusting(Path ca) {
        return new Egress(true, Set.of(), Optional.of(ca), LONG, LONG, LONG, 4);
    }

    static Egress open(boolean internal, Optional<Path> ca) {
        return new Egress(internal, Set.of(), ca, LONG, LONG, LONG, 4);
    }

    CompletableFuture<HttpReply> sendGet(URI uri) {
        return client.send(HttpCall.get(uri, Map.of()));
    }

    HttpReply get(URI uri) {
        return await(sendGet(uri));
    }

    HttpReply head(URI uri) {
        return await(client.send(HttpCall.head(uri, Map.of())));
    }

    /** The body of a GET, as text. */
    String text(URI uri) {
        return text(get(uri));
    }

    static String text(HttpReply reply) {
        return new String(await(reply.body(1 << 20)), StandardCharsets.ISO_8859_1);
    }

    /** Why a GET failed. */
    NetException refusal(URI uri) {
        return failure(sendGet(uri));
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("it failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("it did not complete", e);
        }
    }

    static NetException failure(CompletableFuture<?> future) {
        try {
            throw new AssertionError("it did not fail: " + future.get(60, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(NetException.class);
            return (NetException) e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("it did not complete", e);
        }
    }

    /** Reads to the end, piece by piece. */
    static byte[] drain(HttpReply reply) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Optional<ByteBuf> next = await(reply.next()); next.isPresent(); next = await(reply.next())) {
            all.writeBytes(bytes(next.get()));
        }
        return all.toByteArray();
    }

    /** The bytes of a piece, which is released. */
    static byte[] bytes(ByteBuf piece) {
        byte[] bytes = new byte[piece.readableBytes()];
        piece.readBytes(bytes).release();
        return bytes;
    }

    static void eventually(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it did not happen").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        client.close();
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
