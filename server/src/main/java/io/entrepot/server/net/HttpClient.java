package io.entrepot.server.net;

import io.netty.channel.EventLoopGroup;
import java.util.concurrent.CompletableFuture;

/** Sends requests to the origins of one upstream; keeps connections alive, in a pool for each origin. */
public final class HttpClient implements AutoCloseable {

    public HttpClient(EventLoopGroup loops, Egress egress) {
        throw new UnsupportedOperationException();
    }

    /**
     * Sends a request and follows redirects (at most 5; {@code Authorization} goes to the first origin only). Completes
     * when the headers of the final answer are here, on an event loop. Fails with {@link NetException}.
     */
    public CompletableFuture<HttpReply> send(HttpCall call) {
        throw new UnsupportedOperationException();
    }

    /** Closes every connection. */
    @Override
    public void close() {}
}
