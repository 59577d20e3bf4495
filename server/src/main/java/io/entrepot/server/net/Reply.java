package io.entrepot.server.net;

import io.entrepot.server.net.NetException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One answer. What one read of the socket brought is queued until it is asked for; once the whole body is here the
 * connection is free again, and the rest is given out from the queue. State belongs to the connection's event loop.
 *
 * <pre>
 *   OPEN ──last byte──▶ ENDED ┐
 *     ├──failure──▶ FAILED    ├──close──▶ CLOSED
 *     └───────────────────────┘
 * </pre>
 */
final class Reply implements HttpReply {

    private final URI uri;
    private final int status;
    private final HttpHeaders headers;
    private final Flow flow;
    private final Queue<ByteBuf> arrived = new ArrayDeque<>();
    private @Nullable CompletableFuture<Optional<ByteBuf>> asked;
    private @Nullable RuntimeException failure;
    private boolean ended;
    private boolean closed;

    /** The connection, as seen from an answer on it. */
    interface Flow {

        EventLoop loop();

        ByteBufAllocator allocator();

        /** So long a body that is read whole may take, however it drips. */
        Duration patience();

        /** Somebody waits for bytes that are not here. */
        void want();

        /** Nobody wants the rest of the body. */
        void abandon();
    }

    Reply(URI uri, HttpResponse head, Flow flow) {
        this.uri = uri;
        this.status = head.status().code();
        this.headers = head.headers();
        this.flow = flow;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    @Override
    public List<String> headers(String name) {
        return headers.getAll(name);
    }

    @Override
    public URI uri() {
        return uri;
    }

    @Override
    public CompletableFuture<byte[]> body(int limit) {
        return new WholeBody(this, limit).read(flow.loop(), flow.patience());
    }

    @Override
    public CompletableFuture<Optional<ByteBuf>> next() {
        CompletableFuture<Optional<ByteBuf>> promise = new CompletableFuture<>();
        try {
            onLoop(() -> ask(promise));
        } catch (RejectedExecutionException e) {
            promise.completeExceptionally(new NetException(Kind.CUT, uri.getHost() + ": the client is closed"));
        }
        return promise;
    }

    @Override
    public void close() {
        try {
            onLoop(this::drop);
        } catch (RejectedExecutionException e) {
            // the loop has ended and the connection with it: nobody else touches what is left
            drop();
        }
    }

    private void onLoop(Runnable task) {
        if (flow.loop().inEventLoop()) {
            task.run();
        } else {
            flow.loop().execute(task);
        }
    }

    private void ask(CompletableFuture<Optional<ByteBuf>> promise) {
        if (asked != null && !asked.isDone()) {
            promise.completeExceptionally(new IllegalStateException("next: twice (expected: one call at a time)"));
            return;
        }
        asked = promise;
        if (give()) {
            flow.want();
        }
    }

    private void drop() {
        if (closed) {
            return;
        }
        closed = true;
        if (!ended && failure == null) {
            flow.abandon();
        }
        if (!ended || !arrived.isEmpty()) {
            lose();
        }
        give();
    }

    /** Bytes are lost: such a body has no end any more. */
    private void lose() {
        arrived.forEach(ByteBuf::release);
        arrived.clear();
        ended = false;
        failure = new NetException(Kind.CUT, uri.getHost() + ": was closed before it was read");
    }

    /** Bytes came. Takes them over; {@link #give} gives them out. */
    void add(ByteBuf bytes) {
        if (closed || !bytes.isReadable()) {
            bytes.release();
        } else {
            arrived.add(bytes);
        }
    }

    /** The body is whole. */
    void end() {
        ended = !closed;
    }

    /** There will be no more. What came before is still given out. */
    void fail(RuntimeException why) {
        failure = why;
    }

    /** Answers who asked, if it can. True if somebody waits for bytes that are not here. */
    boolean give() {
        CompletableFuture<Optional<ByteBuf>> promise = asked;
        if (promise == null) {
            return false;
        }
        if (!arrived.isEmpty()) {
            hand(answered(promise));
        } else if (ended) {
            answered(promise).complete(Optional.empty());
        } else if (failure != null) {
            answered(promise).completeExceptionally(failure);
        }
        return asked != null;
    }

    private CompletableFuture<Optional<ByteBuf>> answered(CompletableFuture<Optional<ByteBuf>> promise) {
        asked = null;
        return promise;
    }

    private void hand(CompletableFuture<Optional<ByteBuf>> promise) {
        ByteBuf bytes = joined();
        if (!promise.complete(Optional.of(bytes))) {
            bytes.release();
            drop();
            lose();
        }
    }

    /** TLS and chunked bodies come in small pieces; one read of the socket is given out at once, without a copy. */
    private ByteBuf joined() {
        ByteBuf first = arrived.remove();
        if (!fits(first)) {
            return first;
        }
        CompositeByteBuf all =
                flow.allocator().compositeBuffer(arrived.size() + 1).addComponent(true, first);
        while (fits(all)) {
            all.addComponent(true, arrived.remove());
        }
        return all;
    }

    private boolean fits(ByteBuf before) {
        ByteBuf next = arrived.peek();
        return next != null && before.readableBytes() + next.readableBytes() <= ResponseDecoder.LARGEST_PIECE;
    }
}
